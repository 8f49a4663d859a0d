// See choices.h.
#include "compiler/plan/choices.h"

#include <algorithm>
#include <array>
#include <limits>

namespace thimble::plan {
namespace {

constexpr int kLongestChain = 40;   // steps
constexpr double kOfInterest = .3;  // of what the largest step needs

// How a chain may run: how much dearer rows may be than in one call for all, and rows to spare.
struct Manner {
  double waste;
  int spare;
};
constexpr std::array kManners{Manner{1e9, 0}, Manner{1e9, 1}, Manner{.1, 0},  Manner{.05, 0},
                              Manner{.05, 1}, Manner{.02, 0}, Manner{.02, 2}, Manner{.01, 4}};

// Or all its stages together: with a row more in the first turn, for windows wait for what is below
// them.
constexpr std::array kPaces{Chain::Pace{3, 2}, Chain::Pace{5, 4}, Chain::Pace{9, 8},
                            Chain::Pace{17, 16}};

class Finder {
 public:
  Finder(const Network& network, const std::vector<Overlap>& overlaps)
      : network_(network), overlaps_(overlaps) {}

  Choices run() {
    find();
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool is_fed() const { return network_.feed.input >= 0; }

  // What is fed is there for one chain only, which begins with it.
  [[nodiscard]] bool may_begin(int step) const {
    return !is_fed() || step == 0 || step > last_fed_step();
  }
  [[nodiscard]] int last_fed_step() const {
    return network_.liveness.tensors[static_cast<std::size_t>(network_.feed.input)].last_step;
  }

  void find() {
    const int steps = static_cast<int>(network_.layers.size());
    Streaming apart = group(network_, overlaps_, {});
    if (is_fed()) apart.packing.tensors[static_cast<std::size_t>(network_.feed.input)].size = 0;
    result_.by_first_step.resize(network_.layers.size());
    for (int step = 0; step < steps; ++step) {
      alone_.push_back(bytes_at_step(apart.packing, step));
      if (!is_fed() || step > last_fed_step())
        add({{step, step, {}, {}, 0, {}}, alone_.back(), 0, alone_.back()});
    }
    if (alone_.empty()) return;
    least_of_interest_ = static_cast<std::uint64_t>(
        kOfInterest * static_cast<double>(*std::ranges::max_element(alone_)));
    for (int step = 0; step < steps; ++step) {
      if (!may_begin(step)) continue;
      for (int last = step; last < steps && last < step + kLongestChain; ++last) {
        if (!can_stream(network_, last)) break;
        if ((is_fed() && step == 0) || (last > step && may_be_an_end(step) && may_be_an_end(last)))
          add_chains(step, last);
      }
    }
  }

  // A chain that goes on beyond the steps of interest is seldom better for it.
  [[nodiscard]] bool may_be_an_end(int step) const {
    const auto number = static_cast<std::size_t>(step);
    return alone_[number] >= least_of_interest_ || network_.layers[number]->reduces;
  }

  void add(Choice choice) {
    result_.needs.insert(choice.need);
    result_.by_first_step[static_cast<std::size_t>(choice.chain.first_step)].push_back(
        std::move(choice));
  }

  void add_chains(int first, int last) {
    std::vector<Choice> found;
    std::uint64_t most = 0;  // that its steps need by themselves
    for (int step = first; step <= last; ++step)
      most = std::max(most, alone_[static_cast<std::size_t>(step)]);
    if (is_fed() && first == 0) most = std::numeric_limits<std::uint64_t>::max();
    if (most < least_of_interest_) return;
    for (const Chain& chain : chains(first, last)) {
      const bool is_known =
          std::ranges::any_of(found, [&](const Choice& other) { return other.chain == chain; });
      if (is_known) continue;
      const auto result = schedule(network_, chain);
      if (!result) continue;
      const std::uint64_t need = result->peak_bytes + bytes_beside(network_, *result, chain);
      if (need >= most) {
        if (found.empty() && !chain.advances_together()) return;
        continue;
      }
      found.push_back({chain, need, result->cost, Choice::kUnknown});
    }
    // Even one that seems worse may be placed better.
    for (Choice& choice : found) add(std::move(choice));
  }

  [[nodiscard]] std::vector<Chain> chains(int first, int last) const {
    std::vector<Chain> result;
    for (const Manner& manner : kManners) result.push_back(make_chain(first, last, manner));
    const std::vector<int> ones(result[0].rows.size(), 1);
    const std::vector<int> none(ones.size(), 0);
    for (const Chain::Pace& pace : kPaces) result.push_back({first, last, ones, none, 0, pace});
    return result;
  }

  [[nodiscard]] Chain make_chain(int first, int last, const Manner& manner) const {
    Chain chain{first, last, {}, {}, manner.spare, {}};
    for (int step = first; step <= last; ++step) {
      const offload::Layer& layer = *network_.layers[static_cast<std::size_t>(step)];
      const double least = layer.cost.of(layer.rows) / layer.rows;
      int rows = 1;
      while (rows < std::min(layer.rows, kMostRowsOfCall) &&
             layer.cost.of(rows) / rows > least * (1 + manner.waste))
        ++rows;
      chain.rows.push_back(rows);
      chain.spare.push_back(manner.spare);
    }
    return chain;
  }

  const Network& network_;
  const std::vector<Overlap>& overlaps_;
  std::vector<std::uint64_t> alone_;  // what each step needs by itself
  std::uint64_t least_of_interest_ = 0;
  Choices result_;
};

}  // namespace

Choices find_choices(const Network& network, const std::vector<Overlap>& overlaps) {
  return Finder(network, overlaps).run();
}

std::uint64_t bytes_beside(const Network& network, const Schedule& schedule, const Chain& chain) {
  std::uint64_t bytes = 0;
  const auto& tensors = network.liveness.tensors;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].last_step < chain.first_step || tensors[i].first_step > chain.last_step)
      continue;
    const bool is_touched = std::ranges::any_of(schedule.operands, [&](const Operand& operand) {
      return operand.tensor == static_cast<int>(i);
    });
    if (!is_touched) bytes += round_up(tensors[i].size, tensors[i].alignment);
  }
  return bytes;
}

}  // namespace thimble::plan
