// See pools.h.
#include "compiler/tosa/pools.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

namespace thimble::tosa {
namespace {

using mlir::Operation;

struct Range {
  std::int64_t lowest;
  std::int64_t highest;
};

// As LiteRT computes it: rounded in float, halves away from zero.
std::optional<Range> range_of(const std::string& activation, const tflite::Tensor& tensor) {
  static const std::map<std::string, std::pair<float, float>> ranges{
      {"RELU", {0.0F, std::numeric_limits<float>::infinity()}},
      {"RELU_N1_TO_1", {-1.0F, 1.0F}},
      {"RELU6", {0.0F, 6.0F}}};
  const auto found = ranges.find(activation);
  const tflite::Quantization& quantization = tensor.quantization;
  if (found == ranges.end() || quantization.scale.empty()) return std::nullopt;
  const std::int64_t half = std::int64_t{1} << (tflite::bits(tensor.type) - 1);
  // uint8 is computed as int8, lower by half the range.
  const bool is_unsigned = tensor.type == tflite::ElementType::kUint8;
  const std::int64_t zero_point = quantization.zero_point[0] - (is_unsigned ? half : 0);
  const auto quantized = [&](float value) {
    const float steps = std::round(value / quantization.scale[0]);
    const auto most = static_cast<float>(2 * half);
    return std::clamp(zero_point + static_cast<std::int64_t>(std::clamp(steps, -most, most)), -half,
                      half - 1);
  };
  return Range{quantized(found->second.first), quantized(found->second.second)};
}

Operation clamp_of(Operation& pool, const std::string& element, int tensor, const Range& range) {
  Operation clamp;
  clamp.name = "tosa.clamp";
  clamp.results = pool.results;
  clamp.result_types = pool.result_types;
  pool.results = {fmt::format("%pool_{}", tensor)};
  clamp.operands = pool.results;
  clamp.operand_types = pool.result_types;
  clamp.properties = {{"max_val", fmt::format("{} : {}", range.highest, element)},
                      {"min_val", fmt::format("{} : {}", range.lowest, element)},
                      {"nan_mode", "#tosa.nan_mode<PROPAGATE>"}};
  clamp.location = pool.location;
  return clamp;
}

}  // namespace

void clamp_pools(Operation& function, const mlir::Module& module, const tflite::Model& model) {
  std::map<std::string, std::pair<int, Range>> clamped;  // pools, by the name of their output
  for (const tflite::Operator& op : model.operators) {
    const int output = op.outputs[0];
    if (const auto range =
            range_of(op.activation, model.tensors[static_cast<std::size_t>(output)])) {
      clamped.emplace(fmt::format("t{}", output), std::pair(output, *range));
    }
  }
  std::vector<Operation> result;
  for (Operation& operation : function.regions[0].blocks[0].operations) {
    const bool is_pool = operation.name == "tosa.avg_pool2d" || operation.name == "tosa.max_pool2d";
    const auto found = is_pool ? clamped.find(module.location_name(operation)) : clamped.end();
    result.push_back(std::move(operation));
    if (found == clamped.end()) continue;
    const auto type = mlir::tensor_type(result.back().result_types[0]);
    if (!type) continue;
    Operation clamp =
        clamp_of(result.back(), type->element, found->second.first, found->second.second);
    result.push_back(std::move(clamp));
  }
  function.regions[0].blocks[0].operations = std::move(result);
}

}  // namespace thimble::tosa
