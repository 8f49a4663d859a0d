// See streaming.h. A network is a sequence of such chains and of steps by themselves: with a bound
// for what any of them may need, the cheapest sequence is a shortest path. The bound is what is
// searched for.
#include <algorithm>
#include <limits>
#include <set>

#include "compiler/plan/choices.h"
#include "compiler/plan/refine.h"

namespace thimble::plan {
namespace {

constexpr double kCaution = 1.15;      // estimates of what chains cost are a little low
constexpr double kMoveByte = 1.9;      // instructions
constexpr int kMostLayouts = 30;       // that are tried for one goal
constexpr std::uint64_t kBounds = 24;  // besides those that chains suggest

class Chooser {
 public:
  Chooser(const Network& network, const std::vector<Overlap>& overlaps, const Goal& goal)
      : network_(network), overlaps_(overlaps), goal_(goal) {
    if (goal_.arena_bytes) *goal_.arena_bytes -= *goal_.arena_bytes % kWordAlignment;
    for (const offload::Layer* layer : network.layers) {
      if (layer != nullptr) all_ += layer->cost.of(layer->rows);
    }
  }

  Streaming run() {
    const Streaming unstreamed = lay_out(network_, overlaps_, {});
    Streaming best = choose(unstreamed);
    best.unstreamed_bytes = unstreamed.layout.arena_bytes;
    if (all_ > 0) best.cost = (cost_of(best) - cost_of(unstreamed)) / all_;
    return best;
  }

 private:
  Streaming choose(const Streaming& unstreamed) {
    Streaming best;
    if (!is_fed()) {
      best = unstreamed;
      if (!goal_.streaming || is_enough(best)) return best;
    }
    Choices choices = find_choices(network_, overlaps_);
    choices_ = std::move(choices.by_first_step);
    bounds_ = std::move(choices.needs);
    if (bounds_.empty()) return best;
    if (is_fed()) {
      constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
      if (!cheapest(kAny)) return {};
      best = lay_out_within(kAny);
      if (is_enough(best)) return best;
    }
    least_cost_ = cost_of(best);
    const std::uint64_t lowest = *bounds_.begin();
    for (std::uint64_t i = 1; i < kBounds && lowest < best.layout.arena_bytes; ++i)
      bounds_.insert(lowest + (best.layout.arena_bytes - lowest) * i / kBounds);
    if (goal_.arena_bytes && *goal_.arena_bytes >= lowest) bounds_.insert(*goal_.arena_bytes);
    std::vector<std::uint64_t> bounds(bounds_.begin(), bounds_.end());
    std::erase_if(bounds, [&](std::uint64_t bound) { return bound >= best.layout.arena_bytes; });
    if (goal_.arena_bytes) {
      std::erase_if(bounds, [&](std::uint64_t bound) { return bound > *goal_.arena_bytes; });
      // From the most that is allowed down, for the fastest; if nothing keeps to it, the smallest.
      for (int tries = 0; !bounds.empty() && tries < kMostLayouts; ++tries) {
        Streaming next = lay_out_within(bounds.back());
        bounds.pop_back();
        if (next.layout.arena_bytes < best.layout.arena_bytes) best = std::move(next);
        if (is_enough(best)) return best;
      }
    }
    return smallest(std::move(best));
  }

  [[nodiscard]] bool is_enough(const Streaming& streaming) const {
    return goal_.arena_bytes && streaming.layout.arena_bytes <= *goal_.arena_bytes;
  }

  // Of what is not the layers' own.
  [[nodiscard]] static double cost_of(const Streaming& streaming) {
    double cost = 0;
    for (const ChosenChain& chosen : streaming.chains) cost += chosen.schedule.cost;
    for (const Move& move : streaming.layout.moves) {
      const Tensor& tensor = streaming.packing.tensors[static_cast<std::size_t>(move.tensor)];
      cost += kMoveByte * static_cast<double>(tensor.size);
    }
    return cost;
  }

  [[nodiscard]] bool is_fed() const { return network_.feed.input >= 0; }

  // The cheapest sequence in which nothing needs more than `bound`; absent if there is none. What
  // chains need is worked out for those that seem to be the best.
  [[nodiscard]] std::optional<std::vector<const Choice*>> cheapest(std::uint64_t bound) {
    for (;;) {
      const auto path = seemingly_cheapest(bound);
      if (!path) return std::nullopt;
      bool fits = true;
      for (Choice* choice : *path) fits = this->fits(*choice, bound) && fits;
      if (fits) return std::vector<const Choice*>(path->begin(), path->end());
    }
  }

  [[nodiscard]] bool fits(Choice& choice, std::uint64_t bound) {
    if (choice.places <= bound) return true;
    const ChosenChain chosen{choice.chain, *schedule(network_, choice.chain), -1};
    const std::uint64_t bytes = bytes_in_place(network_, overlaps_, chosen, bound);
    if (bytes <= bound) {
      choice.places = bytes;
    } else {
      choice.need = choice.places = bytes;
      bounds_.insert(bytes);
    }
    return bytes <= bound;
  }

  [[nodiscard]] std::optional<std::vector<Choice*>> seemingly_cheapest(std::uint64_t bound) {
    const std::size_t steps = choices_.size();
    std::vector<double> costs(steps + 1, std::numeric_limits<double>::infinity());
    std::vector<Choice*> arrivals(steps + 1, nullptr);
    costs[0] = 0;
    for (std::size_t step = 0; step < steps; ++step) {
      for (Choice& choice : choices_[step]) {
        const auto end = static_cast<std::size_t>(choice.chain.last_step) + 1;
        if (choice.need > bound || costs[step] + choice.cost >= costs[end]) continue;
        costs[end] = costs[step] + choice.cost;
        arrivals[end] = &choice;
      }
    }
    if (steps > 0 && arrivals[steps] == nullptr) return std::nullopt;
    std::vector<Choice*> path;
    for (std::size_t end = steps; end > 0;) {
      path.insert(path.begin(), arrivals[end]);
      end = static_cast<std::size_t>(arrivals[end]->chain.first_step);
    }
    return path;
  }

  [[nodiscard]] std::vector<ChosenChain> chains_of(const std::vector<const Choice*>& path,
                                                   std::uint64_t bound) const {
    std::vector<ChosenChain> chains;
    for (const Choice* choice : path) {
      if (!choice->chain.rows.empty())
        chains.push_back(refined(network_, overlaps_, choice->chain, bound));
    }
    return chains;
  }

  // A bound that a sequence exists for.
  [[nodiscard]] Streaming lay_out_within(std::uint64_t bound) {
    const auto path = cheapest(bound);
    return lay_out(network_, overlaps_,
                   path ? chains_of(*path, bound) : std::vector<ChosenChain>());
  }

  // The smallest arena, at no more than the goal's cost if nothing was allowed. Chains are chosen
  // by what is alive at once, which doesn't count rows to spare: with fewer of them windows may lie
  // closer together.
  [[nodiscard]] Streaming smallest(Streaming best) {
    std::vector<std::vector<Chain>> tried;
    for (const std::uint64_t bound : bounds_) {
      if (bound >= best.layout.arena_bytes || tried.size() >= kMostLayouts) break;
      const auto path = cheapest(bound);
      if (!path) continue;
      const std::vector<ChosenChain> chosen = chains_of(*path, bound);
      for (const int spare : {kMostSpareRows, 1, 0})
        try_chains(with_spare_rows(chosen, spare), tried, best);
      try_chains(with_spare_rows(unrefined_chains_of(*path), 0), tried, best);
    }
    return best;
  }

  // Keeps the better one, unless the chains cost too much.
  void try_chains(std::vector<ChosenChain> chains, std::vector<std::vector<Chain>>& tried,
                  Streaming& best) const {
    std::vector<Chain> shapes;
    double cost = 0;
    for (const ChosenChain& chosen : chains) {
      shapes.push_back(chosen.chain);
      cost += chosen.schedule.cost;
    }
    if (!goal_.arena_bytes && kCaution * (cost - least_cost_) > goal_.cost * all_) return;
    if (std::ranges::find(tried, shapes) != tried.end()) return;
    tried.push_back(std::move(shapes));
    Streaming next = lay_out(network_, overlaps_, std::move(chains));
    if (next.layout.arena_bytes < best.layout.arena_bytes) best = std::move(next);
  }

  [[nodiscard]] std::vector<ChosenChain> unrefined_chains_of(
      const std::vector<const Choice*>& path) const {
    std::vector<ChosenChain> chains;
    for (const Choice* choice : path) {
      if (!choice->chain.rows.empty())
        chains.push_back({choice->chain, *schedule(network_, choice->chain), -1});
    }
    return chains;
  }

  // The same chains, with no window of more rows to spare than that.
  [[nodiscard]] std::vector<ChosenChain> with_spare_rows(std::vector<ChosenChain> chains,
                                                         int most) const {
    for (ChosenChain& chosen : chains) {
      Chain chain = chosen.chain;
      for (int& spare : chain.spare) spare = std::min(spare, most);
      chain.input_spare = std::min(chain.input_spare, most);
      if (chain == chosen.chain) continue;
      if (auto result = schedule(network_, chain))
        chosen = {std::move(chain), *std::move(result), -1};
    }
    return chains;
  }

  const Network& network_;
  const std::vector<Overlap>& overlaps_;
  Goal goal_;
  double all_ = 0;                            // instructions of all layers, about
  double least_cost_ = 0;                     // without a choice
  std::vector<std::vector<Choice>> choices_;  // by first step
  std::set<std::uint64_t> bounds_;
};

}  // namespace

Streaming choose_chains(const Network& network, const std::vector<Overlap>& overlaps,
                        const Goal& goal) {
  return Chooser(network, overlaps, goal).run();
}

}  // namespace thimble::plan
