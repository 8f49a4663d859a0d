// Makes small programs of element-wise operations and computes them at once, as the specification
// has them.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace thimble::offload::test::elementwise {

using Numbers = std::vector<std::int64_t>;

struct Tensor {
  std::string name;
  Numbers shape;
  std::string element;
  Numbers elements;

  [[nodiscard]] std::string type() const {
    return fmt::format("tensor<{}x{}>", fmt::join(shape, "x"), element);
  }
};

class Program {
 public:
  Tensor argument(const Numbers& shape, const Numbers& elements) {
    Tensor tensor{fmt::format("%arg{}", arguments_.size()), shape, "i8", elements};
    arguments_.push_back(tensor);
    return tensor;
  }

  Tensor constant(const std::string& element, const Numbers& shape, const Numbers& elements) {
    Tensor tensor = next(shape, element, elements);
    body_ += fmt::format("{} = \"tosa.const\"() <{{values = dense<{}> : {}}}> : () -> {}\n",
                         tensor.name, nested(shape, elements), tensor.type(), tensor.type());
    return tensor;
  }

  struct Scale {
    std::int64_t multiplier;
    std::int64_t shift;
    bool twice = true;
  };
  Tensor rescale(const Tensor& x, const Scale& scale, std::int64_t input_zero,
                 std::int64_t output_zero, const std::string& element) {
    const Tensor multiplier = constant("i32", {1}, {scale.multiplier});
    const Tensor shift = constant("i8", {1}, {scale.shift});
    const Tensor from = constant(x.element, {1}, {input_zero});
    const Tensor to = constant(element, {1}, {output_zero});
    Numbers results;
    for (const std::int64_t number : x.elements) {
      const std::int64_t value = number - input_zero;
      __int128 round = static_cast<__int128>(1) << (scale.shift - 1);
      if (scale.twice && scale.shift > 31) round += value >= 0 ? 1 << 30 : -(1 << 30);
      const auto scaled = static_cast<std::int64_t>(
          (static_cast<__int128>(value) * scale.multiplier + round) >> scale.shift);
      const std::int64_t result = scaled + output_zero;
      results.push_back(element == "i8" ? std::clamp<std::int64_t>(result, -128, 127) : result);
    }
    return add(
        "tosa.rescale", {x, multiplier, shift, from, to},
        fmt::format("<{{input_unsigned = false, output_unsigned = false, per_channel = false, "
                    "rounding_mode = #tosa.rounding_mode<{}>, scale32 = true}}>",
                    scale.twice ? "DOUBLE_ROUND" : "SINGLE_ROUND"),
        next(x.shape, element, results));
  }

  Tensor clamp(const Tensor& x, std::int64_t lowest, std::int64_t highest) {
    Numbers results = x.elements;
    for (std::int64_t& value : results) value = std::clamp(value, lowest, highest);
    return add("tosa.clamp", {x},
               fmt::format("<{{max_val = {} : i8, min_val = {} : i8}}>", highest, lowest),
               next(x.shape, x.element, results));
  }

  Tensor table(const Tensor& x, const Numbers& outputs) {
    Numbers results;
    for (const std::int64_t value : x.elements)
      results.push_back(outputs[static_cast<std::size_t>(value + 128)]);
    return add("tosa.table", {x, constant("i8", {256}, outputs)}, "", next(x.shape, "i8", results));
  }

  /// `operation`: add, sub, mul, maximum. Inputs of one rank; extents of 1 repeat.
  Tensor combine(const std::string& operation, const Tensor& x, const Tensor& y) {
    Numbers shape;
    for (std::size_t d = 0; d < x.shape.size(); ++d)
      shape.push_back(std::max(x.shape[d], y.shape[d]));
    Tensor result = next(shape, x.element, {});
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) count *= extent;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t a = at(x, shape, i);
      const std::int64_t b = at(y, shape, i);
      result.elements.push_back(operation == "add"   ? a + b
                                : operation == "sub" ? a - b
                                : operation == "mul" ? a * b
                                                     : std::max(a, b));
    }
    std::vector<Tensor> operands{x, y};
    if (operation == "mul") operands.push_back(constant("i8", {1}, {0}));
    return add("tosa." + operation, operands, "", result);
  }

  [[nodiscard]] std::string text(const std::vector<Tensor>& results) const {
    std::vector<std::string> inputs;
    std::vector<std::string> types;
    std::vector<std::string> names;
    std::vector<std::string> result_types;
    for (const Tensor& argument : arguments_) {
      inputs.push_back(fmt::format("{}: {}", argument.name, argument.type()));
      types.push_back(argument.type());
    }
    for (const Tensor& result : results) {
      names.push_back(result.name);
      result_types.push_back(result.type());
    }
    return fmt::format(
        "\"builtin.module\"() ({{\n\"func.func\"() <{{function_type = ({0}) -> ({1}), sym_name = "
        "\"net\"}}> ({{\n^bb0({2}):\n{3}\"func.return\"({4}) : ({1}) -> ()\n}}) : () -> ()\n}}) : "
        "() -> ()\n",
        fmt::join(types, ", "), fmt::join(result_types, ", "), fmt::join(inputs, ", "), body_,
        fmt::join(names, ", "));
  }

 private:
  Tensor next(const Numbers& shape, const std::string& element, const Numbers& elements) {
    return {fmt::format("%{}", count_++), shape, element, elements};
  }

  Tensor add(const std::string& operation, const std::vector<Tensor>& operands,
             const std::string& properties, const Tensor& result) {
    std::vector<std::string> names;
    std::vector<std::string> types;
    for (const Tensor& operand : operands) {
      names.push_back(operand.name);
      types.push_back(operand.type());
    }
    body_ += fmt::format("{} = \"{}\"({}) {} : ({}) -> {}\n", result.name, operation,
                         fmt::join(names, ", "), properties, fmt::join(types, ", "), result.type());
    return result;
  }

  // The element that meets number `i` of `shape`.
  static std::int64_t at(const Tensor& tensor, const Numbers& shape, std::int64_t i) {
    std::int64_t place = 0;
    std::int64_t step = 1;
    for (std::size_t d = shape.size(); d-- > 0; i /= shape[d]) {
      if (tensor.shape[d] > 1) place += i % shape[d] * step;
      step *= tensor.shape[d];
    }
    return tensor.elements[static_cast<std::size_t>(place)];
  }

  // Numbers in as many brackets as there are dimensions.
  static std::string nested(const Numbers& shape, const Numbers& elements) {
    std::vector<std::string> parts;
    parts.reserve(elements.size());
    for (const std::int64_t element : elements) parts.push_back(fmt::format("{}", element));
    for (std::size_t d = shape.size(); d-- > 0;) {
      std::vector<std::string> outer;
      const auto extent = static_cast<std::size_t>(shape[d]);
      for (std::size_t i = 0; i < parts.size(); i += extent) {
        const auto first = parts.begin() + static_cast<std::ptrdiff_t>(i);
        outer.push_back(fmt::format(
            "[{}]", fmt::join(first, first + static_cast<std::ptrdiff_t>(extent), ", ")));
      }
      parts = std::move(outer);
    }
    return parts.at(0);
  }

  std::vector<Tensor> arguments_;
  std::string body_;
  int count_ = 0;
};

}  // namespace thimble::offload::test::elementwise
