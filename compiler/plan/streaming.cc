// See streaming.h: here, what chains mean for the placement of tensors.
#include "compiler/plan/streaming.h"

#include <algorithm>
#include <utility>

namespace thimble::plan {
namespace {

using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;

// Differences of the offsets of two operands at which bytes meet that are alive.
Ranges forbidden(const Operand& first, const Operand& second) {
  Ranges all;
  for (std::size_t t = 0; t < first.alive.size(); ++t) {
    const Alive& a = first.alive[t];
    const Alive& b = second.alive[t];
    if (a.begin >= a.end || b.begin >= b.end) continue;
    const std::pair range{b.begin - a.end + 1, b.end - a.begin - 1};
    if (all.empty() || all.back() != range) all.push_back(range);
  }
  std::ranges::sort(all);
  Ranges joined;
  for (const auto& range : all) {
    if (!joined.empty() && range.first <= joined.back().second + 1) {
      joined.back().second = std::max(joined.back().second, range.second);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

// Pairs of a chain's operands that live together in this chain only.
void add_aparts(const Schedule& schedule, int group, Packing& packing) {
  const auto tensor = [&](const Operand& operand) -> const Tensor& {
    return packing.tensors[static_cast<std::size_t>(operand.tensor)];
  };
  for (std::size_t i = 0; i < schedule.operands.size(); ++i) {
    for (std::size_t j = i + 1; j < schedule.operands.size(); ++j) {
      const Operand& a = schedule.operands[i];
      const Operand& b = schedule.operands[j];
      if (a.size == 0 || b.size == 0) continue;
      const int first = std::max(tensor(a).first_step, tensor(b).first_step);
      const int last = std::min(tensor(a).last_step, tensor(b).last_step);
      if (first != group || last != group) continue;
      packing.aparts.push_back({a.tensor, b.tensor, forbidden(a, b)});
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
    packing.tensors.push_back(
        {-1, 0, chosen.schedule.state_bytes, number, number, kWordAlignment});
    result.cost += chosen.schedule.cost;
  }
  double all = 0;
  for (const offload::Layer* layer : network.layers) {
    if (layer != nullptr) all += layer->cost.of(layer->rows);
  }
  result.cost = all > 0 ? result.cost / all : 0;
  result.layout = lay_out(packing, groups - 1);
  return result;
}

}  // namespace thimble::plan
