// See pair_operation.h.
#include "compiler/offload/pair_operation.h"

#include <cmath>
#include <utility>

#include "compiler/offload/rescale.h"

namespace thimble::offload {
namespace {

constexpr int kLowest = -128;
constexpr int kHighest = 127;

std::int64_t at(const Outputs& outputs, int input) {
  return outputs[static_cast<std::uint8_t>(input)];
}

}  // namespace

double slope(const Outputs& outputs) {
  return static_cast<double>(at(outputs, kHighest) - at(outputs, kLowest)) / (kHighest - kLowest);
}

PairReading read_pair_operation(
    const Graph& graph, const mlir::Operation& operation,
    const std::function<std::int64_t(std::int64_t, std::int64_t)>& combine) {
  const auto first_type = mlir::tensor_type(operation.operand_types[0]);
  const auto second_type = mlir::tensor_type(operation.operand_types[1]);
  const auto type = mlir::tensor_type(operation.result_types[0]);
  if (!first_type || !second_type || !type || type->element != "i32" || type->count() == 0)
    return {};
  auto first = read_pointwise(graph, operation.operands[0]);
  auto second = read_pointwise(graph, operation.operands[1]);
  if (!first || !second) return {};
  const mlir::Operation* user = graph.only_user(operation.results[0]);
  if (user != nullptr && !user->results.empty() &&
      read_longest_pointwise(graph, user->results[0])) {
    return {};  // a function of one tensor that is used twice
  }
  const auto rescale = read_rescale(graph, user);
  if (!rescale || rescale->input_zero_point != 0 || rescale->multipliers.size() != 1)
    return {{}, "a result that is not rescaled to int8 at once"};
  const auto meeting = read_meeting(*first_type, *second_type, *type);
  if (!meeting) return {{}, "inputs that repeat in several dimensions"};

  PairOperation pair;
  const ChannelScale scale{0, rescale->multipliers[0], rescale->shifts[0]};
  pair.function.lowest = rescale->output.lowest;
  pair.function.highest = rescale->output.highest;
  pair.output_slope = std::ldexp(static_cast<double>(scale.multiplier), -scale.shift);
  pair.meeting = *meeting;
  pair.last = rescale->last;
  for (int a = kLowest; a <= kHighest; ++a) {
    for (int b = kLowest; b <= kHighest; ++b) {
      const int of_first = meeting->swapped ? b : a;
      const int of_second = meeting->swapped ? a : b;
      const std::int64_t value =
          combine(at(first->outputs, of_first), at(second->outputs, of_second));
      if (value != static_cast<std::int32_t>(value)) return {{}, "sums that overflow 32 bits"};
      pair.function.outputs.push_back(
          static_cast<std::int8_t>(requantized(value, scale, rescale->output)));
    }
  }
  if (meeting->swapped) std::swap(first, second);
  pair.first = *std::move(first);
  pair.second = *std::move(second);
  return {std::move(pair), {}};
}

}  // namespace thimble::offload
