// DEQUANTIZE: a cast to float, less the zero point, times the scale. Each step but the last is
// exact, so that the whole is one product, rounded once.
#include "microkernels/dequantize.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdlib>

#include "compiler/offload/candidate.h"
#include "compiler/offload/elementwise.h"

namespace thimble::offload {
namespace {

using mlir::Operation;

bool is_float(const Operation& operation) {
  const auto type = mlir::tensor_type(operation.result_types[0]);
  return type && type->element == "f32" && type->count() > 0;
}

// A constant's number, when it has one for all elements. MLIR writes it in decimal where that is
// exact, else its bits.
std::optional<float> single_float(const Graph& graph, const std::string& value) {
  constexpr std::string_view kStart = "dense<";
  const Operation* operation = graph.producer(value);
  if (operation == nullptr || operation->name != "tosa.const") return std::nullopt;
  const std::string* text = operation->find("values");
  if (text == nullptr || !text->starts_with(kStart)) return std::nullopt;
  const char* start = text->c_str() + kStart.size();
  char* end = nullptr;
  const bool is_bits = std::string_view(start).starts_with("0x");
  const float number =
      is_bits ? std::bit_cast<float>(static_cast<std::uint32_t>(std::strtoul(start, &end, 16)))
              : std::strtof(start, &end);
  if (end == start || *end != '>') return std::nullopt;
  return number;
}

class Dequantize : public Candidate {
 public:
  Dequantize(float scale, int zero_point, const mlir::TensorType& type)
      : bits_(std::bit_cast<std::uint32_t>(scale)),
        zero_point_(zero_point),
        rows_(rows_of(type)),
        count_(type.count()) {}

  // Rounding never leaves the range of normal numbers.
  [[nodiscard]] bool is_in_range() const {
    return bits_ >> 23U >= 1 && bits_ >> 23U <= microkernels::kHighestExponent;
  }

  [[nodiscard]] Layer encode(Goal /*goal*/) const override {
    Layer layer;
    layer.symbol = "thimble_dequantize";
    layer.header = "microkernels/dequantize.h";
    layer.descriptor = fmt::format("Dequantize{{{}, {}, {}, {}}}", (bits_ & 0x7fffffU) | 0x800000U,
                                   count_ / rows_, zero_point_, bits_ >> 23U);
    layer.rows = rows_;
    return layer;
  }

 private:
  std::uint32_t bits_;
  int zero_point_;
  int rows_;
  std::int64_t count_;
};

}  // namespace

Recognition recognize_dequantize(const Graph& graph, const Operation& operation) {
  if (operation.name != "tosa.cast" || !is_float(operation)) return {};
  const auto input = mlir::tensor_type(operation.operand_types[0]);
  if (!input || input->element != "i8") return {};
  const Operation* next = graph.only_user(operation.results[0]);
  int zero_point = 0;
  if (next != nullptr && next->name == "tosa.sub") {
    const auto number = single_float(graph, next->operands[1]);
    if (!number || *number < -128 || *number > 127 || *number != std::trunc(*number))
      return {nullptr, "a zero point that is no int8"};
    if (next->operands[0] != operation.results[0] || !is_float(*next)) return {};
    zero_point = static_cast<int>(*number);
    next = graph.only_user(next->results[0]);
  }
  if (next == nullptr || next->name != "tosa.mul" || !is_float(*next)) return {};
  const auto scale = single_float(graph, next->operands[1]);
  const auto output = mlir::tensor_type(next->result_types[0]);
  if (!scale || !output || output->count() != input->count())
    return {nullptr, "a scale that is no single constant"};
  auto dequantize = std::make_unique<Dequantize>(*scale, zero_point, *output);
  if (!dequantize->is_in_range()) return {nullptr, "a scale beyond the range"};
  dequantize->inputs = {operation.operands[0]};
  dequantize->last = next;
  return {std::move(dequantize), {}};
}

}  // namespace thimble::offload
