// Writes small TOSA programs that only move bytes, and computes them at the same time as the
// specification has them: what microkernels are compared with.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "compiler/mlir/operation.h"

namespace thimble::offload::test::movement {

using Numbers = std::vector<std::int64_t>;

struct Tensor {
  Numbers shape;
  std::vector<std::uint8_t> elements;
};

inline std::string type_of(const Numbers& shape) {
  return fmt::format("tensor<{}xi8>", fmt::join(shape, "x"));
}

inline std::int64_t product(const Numbers& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

/// Calls with all places of a shape, the last dimension fastest.
template <typename Visitor>
void each_place(const Numbers& shape, const Visitor& visit) {
  for (std::int64_t i = 0; i < product(shape); ++i) {
    Numbers place(shape.size());
    std::int64_t rest = i;
    for (std::size_t d = shape.size(); d-- > 0; rest /= shape[d]) place[d] = rest % shape[d];
    visit(place);
  }
}

/// The byte at a place, or `otherwise` outside.
inline std::uint8_t at(const Tensor& tensor, const Numbers& place, std::uint8_t otherwise = 0) {
  std::int64_t index = 0;
  for (std::size_t d = 0; d < place.size(); ++d) {
    if (place[d] < 0 || place[d] >= tensor.shape[d]) return otherwise;
    index = index * tensor.shape[d] + place[d];
  }
  return tensor.elements.at(static_cast<std::size_t>(index));
}

/// A program and what each of its values holds.
class Program {
 public:
  explicit Program(unsigned seed) : random_(seed) {}

  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<unsigned>(high - low + 1));
  }

  std::string input(const Numbers& shape) {
    std::string name = fmt::format("%arg{}", inputs.size());
    Tensor tensor{shape, std::vector<std::uint8_t>(static_cast<std::size_t>(product(shape)))};
    for (std::uint8_t& element : tensor.elements) element = static_cast<std::uint8_t>(random_());
    inputs.push_back(name);
    values[name] = std::move(tensor);
    return name;
  }

  std::string slice(const std::string& from) {
    const Tensor& source = values.at(from);
    Numbers start;
    Numbers shape;
    for (const std::int64_t extent : source.shape) {
      start.push_back(pick(0, 1) == 0 ? 0 : pick(0, extent - 1));
      shape.push_back(start.back() == 0 && pick(0, 1) == 0 ? extent
                                                           : pick(1, extent - start.back()));
    }
    const std::string first = numbers(start);
    const std::string size = numbers(shape);
    return add("tosa.slice", {from, first, size}, "", shape, [&](Numbers place) {
      for (std::size_t d = 0; d < place.size(); ++d) place[d] += start[d];
      return at(source, place);
    });
  }

  std::string transpose(const std::string& from) {
    const Tensor& source = values.at(from);
    Numbers order(source.shape.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, random_);
    Numbers shape;
    for (const std::int64_t d : order) shape.push_back(source.shape[static_cast<std::size_t>(d)]);
    return add("tosa.transpose", {from},
               fmt::format("perms = array<i32: {}>", fmt::join(order, ", ")), shape,
               [&](const Numbers& place) {
                 Numbers original(place.size());
                 for (std::size_t d = 0; d < place.size(); ++d)
                   original[static_cast<std::size_t>(order[d])] = place[d];
                 return at(source, original);
               });
  }

  std::string reshape(const std::string& from) {
    const Tensor& source = values.at(from);
    Numbers shape;  // factors in another order, between extents of one
    for (std::int64_t rest = product(source.shape), factor = 2; rest > 1; ++factor) {
      for (; rest % factor == 0; rest /= factor) {
        if (!shape.empty() && pick(0, 1) == 0) {
          shape.back() *= factor;
        } else {
          shape.push_back(factor);
        }
      }
    }
    std::ranges::shuffle(shape, random_);
    shape.insert(shape.begin(), 1);
    const std::string extents = numbers(shape);
    std::size_t next = 0;
    return add("tosa.reshape", {from, extents}, "", shape,
               [&](const Numbers&) { return source.elements[next++]; });
  }

  std::string concat(const std::vector<std::string>& from, std::size_t axis) {
    Numbers shape = values.at(from[0]).shape;
    shape[axis] = 0;
    for (const std::string& value : from) shape[axis] += values.at(value).shape[axis];
    return add("tosa.concat", from, fmt::format("axis = {} : i32", axis), shape,
               [&](Numbers place) {
                 std::size_t k = 0;
                 while (place[axis] >= values.at(from[k]).shape[axis])
                   place[axis] -= values.at(from[k++]).shape[axis];
                 return at(values.at(from[k]), place);
               });
  }

  std::string pad(const std::string& from, const Numbers& sides, int value) {
    const Tensor& source = values.at(from);
    Numbers shape = source.shape;
    for (std::size_t d = 0; d < shape.size(); ++d) shape[d] += sides[2 * d] + sides[2 * d + 1];
    const std::string extents = numbers(sides);
    const std::string constant = name();
    text_ += fmt::format(
        "{} = \"tosa.const\"() <{{values = dense<{}> : tensor<1xi8>}}> : () -> tensor<1xi8>\n",
        constant, value);
    types_[constant] = "tensor<1xi8>";
    return add("tosa.pad", {from, extents, constant}, "", shape, [&](Numbers place) {
      for (std::size_t d = 0; d < place.size(); ++d) place[d] -= sides[2 * d];
      return at(source, place, static_cast<std::uint8_t>(value));
    });
  }

  /// The program with all these results.
  mlir::Module returning(const std::vector<std::string>& results) {
    std::vector<std::string> arguments;
    std::vector<std::string> types;
    arguments.reserve(inputs.size());
    for (const std::string& value : inputs)
      arguments.push_back(fmt::format("{}: {}", value, type(value)));
    types.reserve(results.size());
    for (const std::string& value : results) types.push_back(type(value));
    const std::string joined = fmt::format("{}", fmt::join(types, ", "));
    auto module = mlir::parse(
        fmt::format("\"builtin.module\"() ({{\n\"func.func\"() <{{function_type = () -> ({0}), "
                    "sym_name = \"net\"}}> ({{\n^bb0({1}):\n{2}\"func.return\"({3}) : ({0}) -> ()\n"
                    "}}) : () -> ()\n}}) : () -> ()\n",
                    joined, fmt::join(arguments, ", "), text_, fmt::join(results, ", ")),
        "test");
    EXPECT_TRUE(module.has_value()) << module.error().message;
    return *std::move(module);
  }

  std::map<std::string, Tensor> values;
  std::vector<std::string> inputs;

 private:
  std::string name() { return fmt::format("%{}", names_++); }

  std::string type(const std::string& value) {
    const auto tensor = values.find(value);
    return tensor == values.end() ? types_.at(value) : type_of(tensor->second.shape);
  }

  std::string numbers(const Numbers& list) {
    const std::string value = name();
    types_[value] = fmt::format("!tosa.shape<{}>", list.size());
    text_ += fmt::format(
        "{} = \"tosa.const_shape\"() <{{values = dense<[{}]> : tensor<{}xindex>}}> : () -> {}\n",
        value, fmt::join(list, ", "), list.size(), types_[value]);
    return value;
  }

  template <typename Function>
  std::string add(const char* operation, const std::vector<std::string>& operands,
                  const std::string& properties, const Numbers& shape, const Function& element) {
    Tensor result{shape, {}};
    each_place(shape, [&](const Numbers& place) { result.elements.push_back(element(place)); });
    std::vector<std::string> types;
    types.reserve(operands.size());
    for (const std::string& operand : operands) types.push_back(type(operand));
    const std::string value = name();
    text_ +=
        fmt::format("{} = \"{}\"({}) <{{{}}}> : ({}) -> {}\n", value, operation,
                    fmt::join(operands, ", "), properties, fmt::join(types, ", "), type_of(shape));
    values[value] = std::move(result);
    return value;
  }

  std::mt19937 random_;
  std::map<std::string, std::string> types_;
  std::string text_;
  int names_ = 0;
};

}  // namespace thimble::offload::test::movement
