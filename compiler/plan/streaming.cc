// See streaming.h: here, what chains mean for the placement of tensors.
#include "compiler/plan/streaming.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace thimble::plan {
namespace {

using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;

// Of two operands, differences of their offsets, the first's less the second's.
class Differences {
 public:
  // At which those bytes meet.
  void forbid(const Alive& first, const Alive& second) {
    if (first.begin >= first.end || second.begin >= second.end) return;
    add({second.begin - first.end + 1, second.end - first.begin - 1});
  }

  // At which those bytes meet though the overlap doesn't allow it. The first operand is its input.
  void forbid(const Alive& input, const Alive& output, const Overlap& overlap) {
    if (input.begin >= input.end || output.begin >= output.end) return;
    // Turns are alike.
    if (!seen_.insert({input.begin, input.end, output.begin, output.end, overlap.lead}).second)
      return;
    std::int64_t from = output.begin - input.end + 1;
    const std::int64_t to = output.end - input.begin - 1;
    const auto allow = [&](std::int64_t difference) {
      if (from < difference) add({from, difference - 1});
      from = std::max(from, difference + 1);
    };
    if (overlap.exactly >= from && overlap.exactly <= to) allow(overlap.exactly);
    std::int64_t difference = std::max(from, overlap.lead);
    while (difference <= to && !overlap.allows(difference)) ++difference;
    for (; difference <= to; difference += overlap.modulus) allow(difference);
    if (from <= to) add({from, to});
  }

  [[nodiscard]] Ranges take() {
    std::ranges::sort(all_);
    Ranges joined;
    for (const auto& range : all_) {
      if (!joined.empty() && range.first <= joined.back().second + 1) {
        joined.back().second = std::max(joined.back().second, range.second);
      } else {
        joined.push_back(range);
      }
    }
    return joined;
  }

 private:
  void add(std::pair<std::int64_t, std::int64_t> range) {
    if (all_.empty() || all_.back() != range) all_.push_back(range);
  }

  Ranges all_;
  std::set<std::array<std::int64_t, 5>> seen_;
};

using Followings = std::vector<const Following*>;  // of one pair

// Differences of the offsets of two operands at which bytes meet that are alive. In some calls the
// second one follows the first.
Differences forbidden(const Operand& input, const Operand& output, const Followings& followings) {
  Differences differences;
  auto next = followings.begin();
  for (std::size_t t = 0; t < input.alive.size(); ++t) {
    const Alive& in = input.alive[t];
    const Alive& out = output.alive[t];
    if (next == followings.end() || (*next)->time != t) {
      differences.forbid(in, out);
      continue;
    }
    const Following& following = **next++;
    const Alive read{in.begin, std::min(in.end, following.read_end)};
    const Alive written{std::max(out.begin, following.write_begin), out.end};
    differences.forbid(in, {out.begin, written.begin});
    differences.forbid({read.end, in.end}, written);
    differences.forbid(read, written, following.overlap);
  }
  return differences;
}

// Pairs of a chain's operands that live together in this chain only.
void add_aparts(const Schedule& schedule, int group, Packing& packing) {
  const auto tensor = [&](const Operand& operand) -> const Tensor& {
    return packing.tensors[static_cast<std::size_t>(operand.tensor)];
  };
  std::map<std::pair<int, int>, Followings> followings;
  for (const Following& following : schedule.followings)
    followings[{following.overlap.input, following.overlap.output}].push_back(&following);
  for (std::size_t i = 0; i < schedule.operands.size(); ++i) {
    for (std::size_t j = i + 1; j < schedule.operands.size(); ++j) {
      const Operand& a = schedule.operands[i];
      const Operand& b = schedule.operands[j];
      if (a.size == 0 || b.size == 0) continue;
      const int first = std::max(tensor(a).first_step, tensor(b).first_step);
      const int last = std::min(tensor(a).last_step, tensor(b).last_step);
      if (first != group || last != group) continue;
      const bool precedes = followings.contains({b.tensor, a.tensor});
      const Operand& input = precedes ? b : a;
      const Operand& output = precedes ? a : b;
      packing.aparts.push_back(
          {input.tensor, output.tensor,
           forbidden(input, output, followings[{input.tensor, output.tensor}]).take()});
    }
  }
}

}  // namespace

Streaming group(const Network& network, const std::vector<Overlap>& overlaps,
                std::vector<ChosenChain> chains) {
  Streaming result;
  result.chains = std::move(chains);
  const int steps = static_cast<int>(network.trace.steps.size());
  std::vector<bool> in_chain(network.trace.steps.size(), false);
  int groups = 0;
  auto next = result.chains.begin();
  for (int step = 0; step <= steps; ++step) {
    if (next != result.chains.end() && step > next->chain.last_step) ++next;
    const bool inside = next != result.chains.end() && step >= next->chain.first_step;
    if (inside) in_chain[static_cast<std::size_t>(step)] = true;
    if (!inside || step == next->chain.first_step) ++groups;
    result.groups.push_back(groups - 1);
  }
  Packing& packing = result.packing;
  packing.tensors = network.liveness.tensors;
  const auto group_of = [&](int step) {
    return step < 0 ? -1 : result.groups[static_cast<std::size_t>(step)];
  };
  for (Tensor& tensor : packing.tensors) {
    tensor.first_step = group_of(tensor.first_step);
    tensor.last_step = group_of(tensor.last_step);
  }
  for (const Overlap& overlap : overlaps) {
    const Tensor& input = network.liveness.tensors[static_cast<std::size_t>(overlap.input)];
    if (!in_chain[static_cast<std::size_t>(input.last_step)]) packing.overlaps.push_back(overlap);
  }
  for (ChosenChain& chosen : result.chains) {
    const int number = group_of(chosen.chain.first_step);
    for (const Operand& operand : chosen.schedule.operands)
      packing.tensors[static_cast<std::size_t>(operand.tensor)].size = operand.size;
    add_aparts(chosen.schedule, number, packing);
    chosen.state = static_cast<int>(packing.tensors.size());
    packing.tensors.push_back({-1, 0, chosen.schedule.state_bytes, number, number, kWordAlignment});
  }
  return result;
}

Streaming lay_out(const Network& network, const std::vector<Overlap>& overlaps,
                  std::vector<ChosenChain> chains) {
  Streaming result = group(network, overlaps, std::move(chains));
  result.layout = lay_out(result.packing, result.groups.back());
  return result;
}

}  // namespace thimble::plan
