// See range_rules.h.
#include "compiler/offload/range_rules.h"

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <string_view>

#include "compiler/offload/requantization.h"

namespace thimble::offload {
namespace {

using mlir::Operation;

Range range_of_element(std::string_view element) {
  if (element == "i8") return {-128, 127};
  if (element == "i16") return {-32768, 32767};
  if (element == "i32")
    return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
  return kNothing;
}

std::size_t channels(const Step& step) {
  return static_cast<std::size_t>(channel_count(step.operation.result_types[0]));
}

template <typename Function>
Ranges each(const Step& step, const Function& function) {
  Ranges ranges;
  ranges.reserve(channels(step));
  for (std::size_t c = 0; c < channels(step); ++c) ranges.push_back(function(c));
  return ranges;
}

bool is(const Step& step, std::string_view flag, std::string_view value) {
  const std::string* text = step.operation.find(flag);
  return text != nullptr && *text == value;
}

Ranges of_moved(const Step& step) {
  return each(step, [&](std::size_t c) {
    Range range = kNothing;
    for (const Ranges& operand : step.operands) range = hull(range, operand[c]);
    return range;
  });
}

Ranges of_pad(const Step& step) {
  const auto filling = step.graph.single(step.operation.operands[2]);
  if (!filling) return {};
  return each(step, [&](std::size_t c) { return hull(step.operands[0][c], {*filling, *filling}); });
}

Ranges of_rescale(const Step& step) {
  const Operation& operation = step.operation;
  const auto multipliers = step.graph.constant(operation.operands[1]);
  const auto shifts = step.graph.constant(operation.operands[2]);
  const auto input_zero = step.graph.single(operation.operands[3]);
  const auto output_zero = step.graph.single(operation.operands[4]);
  const std::string* rounding = operation.find("rounding_mode");
  const Range all = range_of_type(operation.result_types[0]);
  if (!multipliers || multipliers->empty() || !shifts || shifts->size() != multipliers->size() ||
      !input_zero || !output_zero || rounding == nullptr || !is(step, "scale32", "true") ||
      !is(step, "input_unsigned", "false") || !is(step, "output_unsigned", "false")) {
    return {};
  }
  OutputRange output{static_cast<int>(*output_zero), static_cast<int>(all.lowest),
                     static_cast<int>(all.highest),
                     rounding->find("DOUBLE_ROUND") != std::string::npos};
  if (!output.double_round && rounding->find("SINGLE_ROUND") == std::string::npos) return {};
  return each(step, [&](std::size_t c) -> Range {
    ChannelScale scale;
    scale.multiplier = (*multipliers)[multipliers->size() > 1 ? c : 0];
    const std::int64_t shift = (*shifts)[shifts->size() > 1 ? c : 0];
    if (scale.multiplier < 0 || shift < 2 || shift > 62) return all;  // 2 to 62: TOSA's own limits
    scale.shift = static_cast<int>(shift);
    const Range& input = step.operands[0][c];
    return {requantized(input.lowest - *input_zero, scale, output),
            requantized(input.highest - *input_zero, scale, output)};
  });
}

Ranges of_clamp(const Step& step) {
  const auto lowest = mlir::integers(*step.operation.find("min_val"));
  const auto highest = mlir::integers(*step.operation.find("max_val"));
  if (lowest.size() != 1 || highest.size() != 1 || lowest[0] > highest[0]) return {};
  return each(step, [&](std::size_t c) -> Range {
    const Range& input = step.operands[0][c];
    return {std::clamp(input.lowest, lowest[0], highest[0]),
            std::clamp(input.highest, lowest[0], highest[0])};
  });
}

Ranges of_add(const Step& step) {
  return each(step, [&](std::size_t c) -> Range {
    const Range& a = step.operands[0][c];
    const Range& b = step.operands[1][c];
    return {a.lowest + b.lowest, a.highest + b.highest};
  });
}

Ranges of_sub(const Step& step) {
  return each(step, [&](std::size_t c) -> Range {
    const Range& a = step.operands[0][c];
    const Range& b = step.operands[1][c];
    return {a.lowest - b.highest, a.highest - b.lowest};
  });
}

Ranges of_mul(const Step& step) {
  if (step.operation.operands.size() == 3 && step.graph.single(step.operation.operands[2]) != 0)
    return {};
  return each(step, [&](std::size_t c) -> Range {
    const Range& a = step.operands[0][c];
    const Range& b = step.operands[1][c];
    const std::array<std::int64_t, 4> corners{a.lowest * b.lowest, a.lowest * b.highest,
                                              a.highest * b.lowest, a.highest * b.highest};
    return {std::ranges::min(corners), std::ranges::max(corners)};
  });
}

// TOSA's reciprocal_scale and apply_scale_32, as its AVG_POOL2D has them.
std::int64_t average(std::int64_t sum, int count) {
  constexpr std::int64_t kOne = (std::int64_t{1} << 30) + 1;
  const int bits = 32 - std::countl_zero(static_cast<std::uint32_t>(count - 1));
  const std::int64_t multiplier = (kOne << bits) / count;
  return microkernels::apply_scale(sum, multiplier, 30 + bits, false);
}

Ranges of_average(const Step& step) {
  const auto kernel = mlir::integers(*step.operation.find("kernel"));
  const auto pad = mlir::integers(*step.operation.find("pad"));
  const auto input_zero = step.graph.single(step.operation.operands[1]);
  const auto output_zero = step.graph.single(step.operation.operands[2]);
  if (kernel.size() != 2 || !input_zero || !output_zero || !is(step, "acc_type", "i32")) return {};
  const int most = static_cast<int>(kernel[0] * kernel[1]);
  const int least = std::ranges::all_of(pad, [](auto amount) { return amount == 0; }) ? most : 1;
  const Range all = range_of_type(step.operation.result_types[0]);
  return each(step, [&](std::size_t c) {
    Range range = kNothing;
    for (int count = least; count <= most; ++count) {
      const auto value = [&](std::int64_t input) {
        return std::clamp(average(count * (input - *input_zero), count) + *output_zero, all.lowest,
                          all.highest);
      };
      range = hull(range, {value(step.operands[0][c].lowest), value(step.operands[0][c].highest)});
    }
    return range;
  });
}

Ranges of_sum(const Step& step) {
  const auto before = mlir::tensor_type(step.operation.operand_types[0]);
  const auto after = mlir::tensor_type(step.operation.result_types[0]);
  if (!before || !after || after->count() == 0) return {};
  const std::int64_t count = before->count() / after->count();
  return each(step, [&](std::size_t c) -> Range {
    return {step.operands[0][c].lowest * count, step.operands[0][c].highest * count};
  });
}

Ranges of_table(const Step& step) {
  const auto table = step.graph.constant(step.operation.operands[1]);
  if (!table || table->size() != 256) return {};
  return each(step, [&](std::size_t c) {
    Range range = kNothing;
    for (std::int64_t at = step.operands[0][c].lowest; at <= step.operands[0][c].highest; ++at) {
      const std::int64_t value = (*table)[static_cast<std::size_t>(at + 128)];
      range = hull(range, {value, value});
    }
    return range;
  });
}

using Rule = Ranges (*)(const Step& step);
const std::map<std::string_view, Rule> kRules{
    {"tosa.rescale", of_rescale},  {"tosa.clamp", of_clamp}, {"tosa.add", of_add},
    {"tosa.sub", of_sub},          {"tosa.mul", of_mul},     {"tosa.avg_pool2d", of_average},
    {"tosa.reduce_sum", of_sum},   {"tosa.table", of_table}, {"tosa.pad", of_pad},
    {"tosa.max_pool2d", of_moved}, {"tosa.cast", of_moved},  {"tosa.reshape", of_moved},
    {"tosa.transpose", of_moved},  {"tosa.slice", of_moved}, {"tosa.concat", of_moved}};

}  // namespace

Range hull(const Range& a, const Range& b) {
  return {std::min(a.lowest, b.lowest), std::max(a.highest, b.highest)};
}

Range range_of_type(const std::string& type) {
  const auto tensor = mlir::tensor_type(type);
  return tensor ? range_of_element(tensor->element) : kNothing;
}

Ranges ranges_of_result(const Step& step) {
  const auto rule = kRules.find(step.operation.name);
  return rule == kRules.end() ? Ranges() : rule->second(step);
}

Ranges ranges_of_sums(const ChannelSums& sums, const Ranges& inputs) {
  Ranges differences;
  for (const Range& input : inputs) {
    const Range difference{input.lowest - sums.zero_point, input.highest - sums.zero_point};
    differences.push_back(sums.padded ? hull(difference, {0, 0}) : difference);
  }
  Ranges ranges;
  for (int o = 0; o < sums.outputs; ++o) {
    const std::int64_t bias = sums.biases[static_cast<std::size_t>(o)];
    Range range{bias, bias};
    const int first = sums.depthwise ? sums.input_of(o) : 0;
    const int end = sums.depthwise ? first + 1 : sums.inputs;
    for (int tap = 0; tap < sums.taps; ++tap) {
      for (int k = first; k < end; ++k) {
        const std::int64_t weight = sums.weight(o, tap, k);
        const Range& x = differences[static_cast<std::size_t>(k)];
        range.lowest += std::min(weight * x.lowest, weight * x.highest);
        range.highest += std::max(weight * x.lowest, weight * x.highest);
      }
    }
    ranges.push_back(range);
  }
  return ranges;
}

}  // namespace thimble::offload
