// Runs small TOSA programs as the specification has them, element by element: what a rewritten
// program is compared with.
#pragma once

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "compiler/mlir/constants.h"
#include "compiler/mlir/operation.h"

namespace thimble::offload::test {

using Numbers = std::vector<std::int64_t>;

struct Tensor {
  Numbers shape;
  Numbers elements;

  [[nodiscard]] std::int64_t& at(std::int64_t y, std::int64_t x, std::int64_t c) {
    return elements[static_cast<std::size_t>((y * shape[2] + x) * shape[3] + c)];
  }
  /// `otherwise` outside.
  [[nodiscard]] std::int64_t at(std::int64_t y, std::int64_t x, std::int64_t c,
                                std::int64_t otherwise) const {
    if (y < 0 || x < 0 || y >= shape[1] || x >= shape[2]) return otherwise;
    return elements[static_cast<std::size_t>((y * shape[2] + x) * shape[3] + c)];
  }
};

class Interpreter {
 public:
  /// What the function returns first, for its one input.
  static Tensor run(const mlir::Block& function, const Tensor& input) {
    Interpreter interpreter;
    interpreter.values_[function.arguments[0].first] = input;
    for (const mlir::Operation& operation : function.operations) {
      if (operation.name == "func.return") return interpreter.values_.at(operation.operands[0]);
      interpreter.values_[operation.results[0]] = interpreter.result_of(operation);
    }
    throw std::runtime_error("nothing returned");
  }

 private:
  Tensor result_of(const mlir::Operation& op) {
    if (op.name == "tosa.const_shape") return {};
    const mlir::TensorType type = type_of(op.result_types[0]);
    Tensor result{type.shape, Numbers(static_cast<std::size_t>(type.count()))};
    if (op.name == "tosa.const") {
      result.elements = mlir::constant_values(op).value_or(Numbers());
    } else if (op.name == "tosa.reshape") {
      check(result.elements.size() == operand(op, 0).elements.size());
      result.elements = operand(op, 0).elements;
    } else if (op.name == "tosa.concat") {
      concat(op, result);
    } else if (op.name == "tosa.reduce_sum") {
      reduce(op, result);
    } else if (op.name.ends_with("2d")) {
      window(op, result);
    } else {
      for (std::size_t i = 0; i < result.elements.size(); ++i)
        result.elements[i] = element(op, i, static_cast<std::size_t>(result.shape.back()));
    }
    return result;
  }

  std::int64_t element(const mlir::Operation& op, std::size_t i, std::size_t channels) {
    const std::int64_t x = operand(op, 0).elements.at(i);
    if (op.name == "tosa.add") return x + operand(op, 1).elements.at(i);
    if (op.name == "tosa.clamp") {
      return std::clamp(x, mlir::integers(*op.find("min_val"))[0],
                        mlir::integers(*op.find("max_val"))[0]);
    }
    check(op.name == "tosa.rescale");
    const Numbers& multipliers = operand(op, 1).elements;
    const Numbers& shifts = operand(op, 2).elements;
    check(multipliers.size() == 1 || multipliers.size() == channels);
    const std::size_t c = multipliers.size() == 1 ? 0 : i % channels;
    const std::int64_t value = x - single(op, 3);
    std::int64_t round = std::int64_t{1} << (shifts.at(c) - 1);
    if (op.find("rounding_mode")->find("DOUBLE") != std::string::npos && shifts[c] > 31)
      round += value >= 0 ? 1 << 30 : -(1 << 30);
    const std::int64_t scaled = ((value * multipliers[c] + round) >> shifts[c]) + single(op, 4);
    if (op.result_types[0].ends_with("xi32>")) return scaled;
    return std::clamp<std::int64_t>(scaled, -128, 127);
  }

  void concat(const mlir::Operation& op, Tensor& result) {
    std::int64_t first = 0;
    for (std::size_t i = 0; i < op.operands.size(); ++i) {
      const Tensor& part = operand(op, i);
      for (std::int64_t y = 0; y < result.shape[1]; ++y)
        for (std::int64_t x = 0; x < result.shape[2]; ++x)
          for (std::int64_t c = 0; c < part.shape[3]; ++c)
            result.at(y, x, first + c) = part.at(y, x, c, 0);
      first += part.shape[3];
    }
    check(first == result.shape[3]);
  }

  // Over rows or columns.
  void reduce(const mlir::Operation& op, Tensor& result) {
    const Tensor& input = operand(op, 0);
    for (std::int64_t y = 0; y < input.shape[1]; ++y)
      for (std::int64_t x = 0; x < input.shape[2]; ++x)
        for (std::int64_t c = 0; c < input.shape[3]; ++c)
          result.at(y % result.shape[1], x % result.shape[2], c) += input.at(y, x, c, 0);
  }

  void window(const mlir::Operation& op, Tensor& result) {
    const Tensor& input = operand(op, 0);
    const Numbers stride = mlir::integers(*op.find("stride"));
    const Numbers pad = mlir::integers(*op.find("pad"));
    for (std::int64_t y = 0; y < result.shape[1]; ++y)
      for (std::int64_t x = 0; x < result.shape[2]; ++x)
        for (std::int64_t c = 0; c < result.shape[3]; ++c)
          result.at(y, x, c) = place(op, input, y * stride[0] - pad[0], x * stride[1] - pad[2], c);
  }

  // One element whose window begins at (top, left).
  std::int64_t place(const mlir::Operation& op, const Tensor& input, std::int64_t top,
                     std::int64_t left, std::int64_t c) {
    if (op.name.ends_with("pool2d")) return pooled(op, input, top, left, c);
    const Tensor& weights = operand(op, 1);
    const bool depthwise = op.name == "tosa.depthwise_conv2d";
    const std::int64_t zero = single(op, 3);
    const std::int64_t height = weights.shape[depthwise ? 0 : 1];
    const std::int64_t width = weights.shape[depthwise ? 1 : 2];
    const std::int64_t last = weights.shape[3];
    check(depthwise ? input.shape[3] == weights.shape[2] : input.shape[3] == last);
    std::int64_t sum = operand(op, 2).elements.at(static_cast<std::size_t>(c));
    for (std::int64_t ky = 0; ky < height; ++ky) {
      for (std::int64_t kx = 0; kx < width; ++kx) {
        const auto tap = [&](std::int64_t k, std::int64_t index) {
          sum += weights.elements.at(static_cast<std::size_t>(index)) *
                 (input.at(top + ky, left + kx, k, zero) - zero);
        };
        if (depthwise) {
          tap(c / last, (ky * width + kx) * weights.shape[2] * last + c);
        } else {
          for (std::int64_t k = 0; k < last; ++k)
            tap(k, ((c * height + ky) * width + kx) * last + k);
        }
      }
    }
    return sum;
  }

  std::int64_t pooled(const mlir::Operation& op, const Tensor& input, std::int64_t top,
                      std::int64_t left, std::int64_t c) {
    const Numbers kernel = mlir::integers(*op.find("kernel"));
    const bool average = op.name == "tosa.avg_pool2d";
    std::int64_t most = -128;
    std::int64_t sum = 0;
    std::int64_t count = 0;
    for (std::int64_t y = top; y < top + kernel[0]; ++y) {
      for (std::int64_t x = left; x < left + kernel[1]; ++x) {
        if (y < 0 || x < 0 || y >= input.shape[1] || x >= input.shape[2]) continue;
        most = std::max(most, input.at(y, x, c, 0));
        sum += input.at(y, x, c, 0) - (average ? single(op, 1) : 0);
        ++count;
      }
    }
    if (!average) return most;
    // round(sum / count), halves up: the specification's reciprocal is exact for sums this small
    const std::int64_t doubled = 2 * sum + count;
    const std::int64_t rounded = doubled / (2 * count) - (doubled % (2 * count) < 0 ? 1 : 0);
    return std::clamp<std::int64_t>(rounded + single(op, 2), -128, 127);
  }

  const Tensor& operand(const mlir::Operation& op, std::size_t index) {
    const Tensor& tensor = values_.at(op.operands[index]);
    check(tensor.shape == type_of(op.operand_types[index]).shape);
    return tensor;
  }
  std::int64_t single(const mlir::Operation& op, std::size_t index) {
    return operand(op, index).elements.at(0);
  }
  static mlir::TensorType type_of(const std::string& text) {
    return mlir::tensor_type(text).value_or(mlir::TensorType());
  }
  static void check(bool good) {
    if (!good) throw std::runtime_error("not a well-formed program");
  }

  std::map<std::string, Tensor> values_;
};

}  // namespace thimble::offload::test
