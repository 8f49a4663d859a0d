// Makes small quantized programs whose channels are dead or alive as a test wants them.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/mlir/constants.h"
#include "compiler/offload/interpreter_for_test.h"

namespace thimble::offload::test {

/// A convolution; weights that nothing here speaks of are random and not zero.
struct Layer {
  int kernel = 1;  ///< height and width
  int pad = 0;     ///< on each side
  int multiplier = 1;
  std::set<int> zero_outputs;             ///< channels that are only their bias
  std::set<int> zero_inputs;              ///< channels without effect
  std::map<int, std::set<int>> only_use;  ///< the inputs that an output uses, if not all
  std::map<int, std::int64_t> biases;     ///< others are positive and random
};

class Program {
 public:
  Program(unsigned seed, const Numbers& shape) : random_(seed) {
    add_value("%arg0", shape, kLowest);
  }

  [[nodiscard]] std::string input() const { return "%arg0"; }

  /// All of these return the name of their int8 result; of `x`, its shape and zero point are known.
  std::string convolution(const std::string& x, int outputs, const Layer& layer) {
    const int inputs = channels(x);
    Numbers weights;
    for (int o = 0; o < outputs; ++o)
      for (int tap = 0; tap < layer.kernel * layer.kernel; ++tap)
        for (int k = 0; k < inputs; ++k) weights.push_back(weight(layer, o, k));
    return sums("tosa.conv2d", x, {outputs, layer.kernel, layer.kernel, inputs}, weights, outputs,
                layer);
  }

  std::string depthwise(const std::string& x, const Layer& layer) {
    const int outputs = channels(x) * layer.multiplier;
    Numbers weights;
    for (int tap = 0; tap < layer.kernel * layer.kernel; ++tap)
      for (int o = 0; o < outputs; ++o) weights.push_back(weight(layer, o, o / layer.multiplier));
    return sums("tosa.depthwise_conv2d", x,
                {layer.kernel, layer.kernel, channels(x), layer.multiplier}, weights, outputs,
                layer);
  }

  std::string add(const std::string& a, const std::string& b) {
    const std::string left = rescale(a, "i32", {kOne}, {kShift - 10});
    const std::string right = rescale(b, "i32", {kOne}, {kShift - 10});
    return rescale(emit("tosa.add", {left, right}, values_.at(a).shape, "i32", {}, 0), "i8", {kOne},
                   {kShift + 11});
  }

  std::string concat(const std::string& a, const std::string& b) {
    Numbers shape = values_.at(a).shape;
    shape[3] += channels(b);
    return emit("tosa.concat", {a, b}, shape, "i8", {{"axis", "3 : i32"}}, values_.at(a).zero);
  }

  /// 2x2 to one; `name` is that of the operation.
  std::string pool(const std::string& name, const std::string& x) {
    const auto [shape, element, zero] = values_.at(x);
    std::vector<std::string> operands{x};
    if (name == "tosa.avg_pool2d")
      for (int i = 0; i < 2; ++i) operands.push_back(constant("i8", {1}, {zero}));
    return emit(name, operands, {1, shape[1] / 2, shape[2] / 2, shape[3]}, "i8",
                {{"acc_type", "i32"},
                 {"kernel", "array<i64: 2, 2>"},
                 {"pad", "array<i64: 0, 0, 0, 0>"},
                 {"stride", "array<i64: 2, 2>"}},
                zero);
  }

  std::string mean(const std::string& x) {
    Numbers shape = values_.at(x).shape;
    const auto pixels = static_cast<unsigned>(shape[1] * shape[2]);
    std::string sum = rescale(x, "i32", {kOne}, {kShift});
    for (const std::size_t axis : {1, 2}) {
      shape[axis] = 1;
      sum = emit("tosa.reduce_sum", {sum}, shape, "i32", {{"axis", fmt::format("{} : i32", axis)}},
                 0);
    }
    return rescale(sum, "i8", {kOne}, {kShift - 1 + static_cast<int>(std::bit_width(pixels))});
  }

  std::string flatten(const std::string& x) {
    const auto [shape, element, zero] = values_.at(x);
    const Numbers flat{1, 1, 1, shape[1] * shape[2] * shape[3]};
    mlir::Operation extents;
    extents.name = "tosa.const_shape";
    extents.results = {new_name()};
    extents.result_types = {"!tosa.shape<4>"};
    extents.set("values", fmt::format("dense<[{}]> : tensor<4xindex>", fmt::join(flat, ", ")));
    types_[extents.results[0]] = extents.result_types[0];
    operations_.push_back(extents);
    return emit("tosa.reshape", {x, extents.results[0]}, flat, "i8", {}, zero);
  }

  /// An operation that nothing is known of uses the value.
  void unknown(const std::string& x) {
    emit("test.unknown", {x}, values_.at(x).shape, "i8", {}, 0);
  }

  /// A few layers of all kinds, many of them with dead channels and any zero point.
  std::string random_network() {
    std::string x = random_convolution(input());
    for (int depth = pick(1, 3); depth > 0; --depth) {
      const auto [shape, element, zero] = values_.at(x);
      switch (pick(0, 5)) {
        case 0:
          x = add(x, random_convolution(x, 3, channels(x)));
          break;
        case 1:
          x = concat(x, random_convolution(x, 3));
          break;
        case 2:
          x = depthwise(x, random_layer(pick(1, 3), channels(x) * 2));
          break;
        case 3:
          if (shape[1] > 3) x = pool(pick(0, 1) ? "tosa.max_pool2d" : "tosa.avg_pool2d", x);
          break;
        case 4:
          x = shape[1] > 3 ? x : flatten(x);
          break;
        default:
          x = random_convolution(x);
      }
    }
    if (pick(0, 2) == 0) x = mean(x);
    return random_convolution(x, 1);
  }

  [[nodiscard]] Tensor random_input() {
    Tensor tensor{values_.at(input()).shape, {}};
    for (auto count = tensor.shape[1] * tensor.shape[2] * tensor.shape[3]; count > 0; --count)
      tensor.elements.push_back(pick(-128, 127));
    return tensor;
  }

  [[nodiscard]] mlir::Block returning(const std::string& value) const {
    mlir::Block function;
    function.arguments = {{input(), types_.at(input())}};
    function.operations = operations_;
    mlir::Operation& last = function.operations.emplace_back();
    last.name = "func.return";
    last.operands = {value};
    last.operand_types = {types_.at(value)};
    return function;
  }

 private:
  struct Value {
    Numbers shape;
    std::string element;
    std::int64_t zero = 0;
  };
  static constexpr std::int64_t kLowest = -128;
  static constexpr std::int64_t kOne = std::int64_t{1} << 30;  // times 2^-kShift
  static constexpr int kShift = 30;

  int pick(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }
  [[nodiscard]] int channels(const std::string& x) const {
    return static_cast<int>(values_.at(x).shape.back());
  }

  std::int64_t weight(const Layer& layer, int output, int input) {
    const auto used = layer.only_use.find(output);
    if (layer.zero_outputs.contains(output) || layer.zero_inputs.contains(input) ||
        (used != layer.only_use.end() && !used->second.contains(input))) {
      return 0;
    }
    const int size = pick(20, 127);
    return pick(0, 1) ? size : -size;
  }

  Layer random_layer(int kernel, int channels) {
    Layer layer;
    layer.kernel = kernel;
    layer.pad = kernel / 2;
    layer.multiplier = pick(1, 2);
    for (int c = 0; c < channels; ++c) {
      const int kind = pick(0, 9);
      if (kind < 2) layer.zero_outputs.insert(c);
      if (kind == 2) layer.biases[c] = -2'000'000;
      if (kind == 3) layer.biases[c] = pick(-20'000, 0);
      if (pick(0, 9) == 0) layer.zero_inputs.insert(c);
    }
    return layer;
  }

  // Of the same height and width; `kernel` is the largest, and no outputs means any number.
  std::string random_convolution(const std::string& x, int kernel = 3, int outputs = 0) {
    if (outputs == 0) outputs = pick(2, 6);
    zero_ = pick(0, 1) ? kLowest : pick(-128, 127);
    std::string result =
        convolution(x, outputs, random_layer(kernel > 1 && pick(0, 1) ? 3 : 1, outputs));
    zero_ = kLowest;
    return result;
  }

  std::string sums(const std::string& name, const std::string& x, const Numbers& weight_shape,
                   const Numbers& weights, int outputs, const Layer& layer) {
    Numbers biases;
    Numbers multipliers;
    for (int o = 0; o < outputs; ++o) {
      const auto bias = layer.biases.find(o);
      biases.push_back(bias != layer.biases.end() ? bias->second : pick(10'000, 20'000));
      multipliers.push_back(kOne + pick(0, (1 << 30) - 1));
    }
    const Value from = values_.at(x);
    const std::int64_t less = layer.kernel - 1 - 2 * layer.pad;
    const std::string sum =
        emit(name,
             {x, constant("i8", weight_shape, weights), constant("i32", {outputs}, biases),
              constant("i8", {1}, {from.zero}), constant("i8", {1}, {0})},
             {1, from.shape[1] - less, from.shape[2] - less, outputs}, "i32",
             {{"acc_type", "i32"},
              {"dilation", "array<i64: 1, 1>"},
              {"pad", fmt::format("array<i64: {0}, {0}, {0}, {0}>", layer.pad)},
              {"stride", "array<i64: 1, 1>"}},
             0);
    // Sums of more products are spread over a wider range.
    const auto products = static_cast<unsigned>(weights.size()) / static_cast<unsigned>(outputs);
    const int shift = kShift + 8 + static_cast<int>(std::bit_width(products)) / 2;
    return rescale(sum, "i8", multipliers, Numbers(multipliers.size(), shift));
  }

  std::string rescale(const std::string& x, const std::string& element, const Numbers& multipliers,
                      const Numbers& shifts) {
    const Value from = values_.at(x);
    const std::int64_t zero = element == "i8" ? zero_ : 0;
    const auto count = static_cast<std::int64_t>(multipliers.size());
    return emit("tosa.rescale",
                {x, constant("i32", {count}, multipliers), constant("i8", {count}, shifts),
                 constant(from.element, {1}, {from.zero}), constant(element, {1}, {zero})},
                from.shape, element,
                {{"input_unsigned", "false"},
                 {"output_unsigned", "false"},
                 {"per_channel", count > 1 ? "true" : "false"},
                 {"rounding_mode", "#tosa.rounding_mode<DOUBLE_ROUND>"},
                 {"scale32", "true"}},
                zero);
  }

  std::string constant(const std::string& element, const Numbers& shape, const Numbers& numbers) {
    operations_.push_back(mlir::constant_operation(new_name(), {shape, element}, numbers));
    const mlir::Operation& added = operations_.back();
    types_[added.results[0]] = added.result_types[0];
    return added.results[0];
  }

  std::string emit(const std::string& name, const std::vector<std::string>& operands,
                   const Numbers& shape, const std::string& element,
                   const mlir::Attributes& properties, std::int64_t zero) {
    mlir::Operation operation;
    operation.name = name;
    operation.operands = operands;
    for (const std::string& operand : operands)
      operation.operand_types.push_back(types_.at(operand));
    operation.results = {new_name()};
    operation.properties = properties;
    add_value(operation.results[0], shape, zero, element);
    operation.result_types = {types_.at(operation.results[0])};
    operations_.push_back(operation);
    return operation.results[0];
  }

  void add_value(const std::string& name, const Numbers& shape, std::int64_t zero,
                 const std::string& element = "i8") {
    values_[name] = {shape, element, zero};
    types_[name] = print(mlir::TensorType{shape, element});
  }

  std::string new_name() { return fmt::format("%{}", names_++); }

  std::mt19937 random_;
  std::vector<mlir::Operation> operations_;
  std::map<std::string, Value> values_;
  std::map<std::string, std::string> types_;
  std::int64_t zero_ = kLowest;  // of the next int8 result
  int names_ = 0;
};

}  // namespace thimble::offload::test
