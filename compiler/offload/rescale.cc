// See rescale.h.
#include "compiler/offload/rescale.h"

#include <algorithm>

namespace thimble::offload {
namespace {

constexpr int kLeastShift = 2;
constexpr int kMostShift = 62;

bool is_flag(const mlir::Operation& operation, std::string_view flag, std::string_view value) {
  const std::string* text = operation.find(flag);
  return text != nullptr && *text == value;
}

}  // namespace

Clamp read_clamp(const Graph& graph, const mlir::Operation& operation) {
  const mlir::Operation* clamp = graph.only_user(operation.results[0]);
  while (clamp != nullptr && clamp->name == "tosa.reshape")
    clamp = graph.only_user(clamp->results[0]);  // fully connected layers have one in between
  if (clamp == nullptr || clamp->name != "tosa.clamp") return {.last = &operation};
  return {static_cast<int>(mlir::integers(*clamp->find("min_val"))[0]),
          static_cast<int>(mlir::integers(*clamp->find("max_val"))[0]), clamp};
}

std::optional<Rescale> read_rescale(const Graph& graph, const mlir::Operation* operation) {
  if (operation == nullptr || operation->name != "tosa.rescale" || operation->operands.size() != 5)
    return std::nullopt;
  const auto output = mlir::tensor_type(operation->result_types[0]);
  const std::string* rounding = operation->find("rounding_mode");
  const auto multipliers = graph.constant(operation->operands[1]);
  const auto shifts = graph.constant(operation->operands[2]);
  const auto input_zero = graph.single(operation->operands[3]);
  const auto output_zero = graph.single(operation->operands[4]);
  if (!output || output->element != "i8" || rounding == nullptr ||
      !is_flag(*operation, "input_unsigned", "false") ||
      !is_flag(*operation, "output_unsigned", "false") || !is_flag(*operation, "scale32", "true") ||
      !multipliers || !shifts || !input_zero || !output_zero ||
      multipliers->size() != shifts->size()) {
    return std::nullopt;
  }
  Rescale rescale;
  rescale.multipliers = *multipliers;
  for (const std::int64_t shift : *shifts) {
    if (shift < kLeastShift || shift > kMostShift) return std::nullopt;
    rescale.shifts.push_back(static_cast<int>(shift));
  }
  rescale.input_zero_point = static_cast<int>(*input_zero);
  rescale.output.zero_point = static_cast<int>(*output_zero);
  rescale.output.double_round = rounding->find("DOUBLE_ROUND") != std::string::npos;
  if (!rescale.output.double_round && rounding->find("SINGLE_ROUND") == std::string::npos)
    return std::nullopt;
  const Clamp clamp = read_clamp(graph, *operation);
  rescale.output.lowest = clamp.lowest;
  rescale.output.highest = clamp.highest;
  rescale.last = clamp.last;
  return rescale;
}

}  // namespace thimble::offload
