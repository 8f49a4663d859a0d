// Element-wise layers: the descriptors of random programs, given to the microkernels, do what the
// programs say.
#include "microkernels/elementwise.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "compiler/offload/elementwise_program_for_test.h"
#include "compiler/offload/offload.h"

namespace thimble::offload {
namespace {

using test::elementwise::Numbers;
using test::elementwise::Program;
using test::elementwise::Tensor;

// All numbers in the text of a descriptor, but for that of its constant.
Numbers numbers_in(const std::string& descriptor) {
  Numbers numbers;
  for (const char* next = descriptor.c_str(); *next != '\0';) {
    char* end = nullptr;
    const std::int64_t number = std::strtoll(next, &end, 10);
    if (end != next) {
      numbers.push_back(number);
      next = end;
      continue;
    }
    const std::string_view rest = next;
    if (rest.starts_with("true")) numbers.push_back(1);
    if (rest.starts_with("false")) numbers.push_back(0);
    next += rest.starts_with("$0") ? 2 : 1;
  }
  return numbers;
}

// What a microkernel makes of the descriptor.
Numbers computed(const Layer& layer, const std::vector<Numbers>& inputs, std::size_t bytes) {
  std::vector<std::vector<std::int8_t>> contents;
  contents.reserve(inputs.size() + 1);
  for (const Numbers& input : inputs) contents.emplace_back(input.begin(), input.end());
  contents.emplace_back(bytes);
  std::vector<std::byte*> buffers;
  buffers.reserve(contents.size());
  for (auto& content : contents) buffers.push_back(reinterpret_cast<std::byte*>(content.data()));
  const Numbers numbers = numbers_in(layer.descriptor);
  std::size_t taken = 0;
  const auto take = [&](auto& field) {
    field = static_cast<std::remove_reference_t<decltype(field)>>(numbers.at(taken++));
  };
  const auto take_broadcast = [&](microkernels::Broadcast& broadcast) {
    take(broadcast.columns), take(broadcast.elements);
    take(broadcast.first.row), take(broadcast.first.column);
    take(broadcast.second.row), take(broadcast.second.column);
    take(broadcast.second_repeats);
  };
  const auto rows = static_cast<std::uint32_t>(layer.rows);
  if (layer.symbol == "thimble_add") {
    microkernels::Add add{};
    take_broadcast(add.broadcast);
    take(add.first_factor), take(add.second_factor), take(add.offset);
    take(add.shift), take(add.lowest), take(add.highest);
    microkernels::thimble_add(&add, buffers.data(), 0, rows);
  } else if (layer.symbol == "thimble_multiply") {
    microkernels::Multiply multiply{};
    take_broadcast(multiply.broadcast);
    take(multiply.first_zero_point), take(multiply.second_zero_point);
    take(multiply.factor), take(multiply.offset), take(multiply.negative_offset);
    take(multiply.shift), take(multiply.lowest), take(multiply.highest);
    microkernels::thimble_multiply(&multiply, buffers.data(), 0, rows);
  } else if (layer.symbol == "thimble_lookup_steps") {
    microkernels::LookupSteps lookup{layer.constants.at(0).data(), 0};
    take(lookup.row_bytes);
    microkernels::thimble_lookup_steps(&lookup, buffers.data(), 0, rows);
  } else {
    microkernels::Lookup lookup{layer.constants.at(0).data(), 0};
    take(lookup.row_bytes);
    microkernels::thimble_lookup(&lookup, buffers.data(), 0, rows);
  }
  EXPECT_EQ(taken, numbers.size());
  return {contents.back().begin(), contents.back().end()};
}

class Elementwise : public testing::TestWithParam<int> {
 protected:
  int pick(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<unsigned>(high - low + 1));
  }
  Numbers random_bytes(std::size_t count) {
    Numbers numbers(count);
    for (std::int64_t& number : numbers) number = pick(-128, 127);
    return numbers;
  }
  Numbers random_shape() {
    Numbers shape{1, pick(1, 4), pick(1, 4), pick(1, 9)};
    if (pick(0, 3) == 0) shape.erase(shape.begin());
    return shape;
  }
  Tensor argument(const Numbers& shape) {
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) count *= extent;
    return program_.argument(shape, random_bytes(static_cast<std::size_t>(count)));
  }
  // The shape with some extents 1.
  Numbers repeated(Numbers shape) {
    for (std::int64_t& extent : shape) {
      if (pick(0, 2) == 0) extent = 1;
    }
    return shape;
  }
  Program::Scale scale(int shift) { return {pick(1 << 30, 0x7fffffff), shift, pick(0, 3) != 0}; }
  Tensor to_32_bits(const Tensor& x, int zero) {
    return program_.rescale(x, {1 << 30, 30, true}, zero, 0, "i32");
  }
  // As LiteRT adds.
  Tensor widened(const Tensor& x) {
    const Tensor wide = program_.rescale(x, {1 << 30, 11}, pick(-128, 127), 0, "i32");
    return program_.rescale(wide, {pick(1 << 30, 0x7fffffff), pick(31, 34)}, 0, 0, "i32");
  }

  // Any function of one int8 tensor.
  Tensor function_of(const Tensor& x) {
    switch (pick(0, 5)) {
      case 0:
        return program_.table(x, random_bytes(256));
      case 1: {
        const int lowest = pick(-128, 50);
        return program_.clamp(x, lowest, pick(lowest, 127));
      }
      case 2:
        return program_.rescale(x, scale(pick(29, 32)), pick(-128, 127), pick(-128, 127), "i8");
      case 3: {  // the larger of two lines
        const Tensor line = program_.rescale(x, scale(33), 5, 0, "i32");
        const Tensor other = program_.rescale(x, scale(31), 5, 0, "i32");
        const Tensor most = program_.combine("maximum", line, other);
        return program_.rescale(most, {1 << 30, 30}, 0, pick(-128, 127), "i8");
      }
      case 4: {  // x times a function of x
        const Tensor y = program_.clamp(
            program_.rescale(x, scale(31), pick(-128, 127), pick(-128, 127), "i8"), -100, 100);
        const Tensor product =
            program_.combine("mul", to_32_bits(x, pick(-128, 127)), to_32_bits(y, -100));
        return program_.rescale(product, scale(37), 0, pick(-128, 127), "i8");
      }
      default: {  // x and a number
        const Tensor number =
            program_.constant("i8", Numbers(x.shape.size(), 1), {pick(-128, 127)});
        const Tensor sum =
            program_.combine(pick(0, 1) != 0 ? "add" : "sub", widened(x), widened(number));
        return program_.rescale(sum, scale(50), 0, pick(-128, 127), "i8");
      }
    }
  }

  std::vector<Layer> layers_of(const std::vector<Tensor>& results, Goal goal = Goal::kSpeed) {
    auto module = mlir::parse(program_.text(results), "test");
    EXPECT_TRUE(module.has_value()) << module.error().message;
    auto offloaded = offload(*module, "net", goal);
    EXPECT_TRUE(offloaded.has_value());
    mlir::walk(*module, [&](const mlir::Operation& operation) {
      if (operation.name == "flow.dispatch") inputs_.push_back(operation.operands);
    });
    return offloaded->layers;
  }

  void check_pair(const Tensor& x, const Tensor& y, const Tensor& result,
                  const std::string& symbol) {
    const std::vector<Layer> layers = layers_of({result});
    ASSERT_EQ(layers.size(), 1u);
    EXPECT_EQ(layers[0].symbol, symbol);
    std::vector<Numbers> inputs;
    for (const std::string& name : inputs_.at(0))
      inputs.push_back(name == x.name ? x.elements : y.elements);
    EXPECT_EQ(computed(layers[0], inputs, result.elements.size()), result.elements);
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
  Program program_;
  std::vector<std::vector<std::string>> inputs_;  // of each layer
};

TEST_P(Elementwise, AnyChainOfFunctionsOfOneTensorIsATable) {
  const Tensor x = argument(random_shape());
  Tensor y = x;
  const int length = pick(1, 4);
  for (int i = 0; i < length; ++i) y = function_of(y);
  const std::vector<Layer> layers = layers_of({y});
  ASSERT_EQ(layers.size(), 1u);
  EXPECT_EQ(layers[0].symbol, "thimble_lookup");
  EXPECT_EQ(computed(layers[0], {x.elements}, x.elements.size()), y.elements);
}

TEST_P(Elementwise, ATableThatRisesSlowlyIsOneOfStepsWhereSizeCounts) {
  const Numbers every = [] {
    Numbers numbers(256);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      numbers[i] = static_cast<std::int64_t>(i) - 128;
    return numbers;
  }();
  Numbers outputs;
  for (std::int64_t value = pick(-128, 127); outputs.size() < 256; value += pick(0, 3))
    outputs.push_back(static_cast<std::int8_t>(value));
  const auto check = [&](const std::string& symbol) {
    program_ = {};
    inputs_.clear();
    const Tensor x = program_.argument({1, 256}, every);
    const Tensor y = program_.table(x, outputs);
    const std::vector<Layer> layers = layers_of({y}, Goal::kSize);
    ASSERT_EQ(layers.size(), 1u);
    EXPECT_EQ(layers[0].symbol, symbol);
    EXPECT_EQ(computed(layers[0], {every}, 256), y.elements);
  };
  check("thimble_lookup_steps");
  // One step that is too large, but where a word of steps begins.
  const auto at = static_cast<std::size_t>(pick(1, 255));
  for (std::size_t i = at; i < outputs.size(); ++i)
    outputs[i] = static_cast<std::int8_t>(outputs[i] + 4);
  check(at % 16 == 0 ? "thimble_lookup_steps" : "thimble_lookup");
}

TEST_P(Elementwise, WhatLiesBetweenAndIsWantedElsewhereIsATableToo) {
  const Tensor x = argument(random_shape());
  const Tensor y = function_of(x);
  const Tensor z = function_of(y);
  const std::vector<Layer> layers = layers_of({y, z});
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(computed(layers[0], {x.elements}, x.elements.size()), y.elements);
  EXPECT_EQ(computed(layers[1], {y.elements}, y.elements.size()), z.elements);
}

TEST_P(Elementwise, SumsAndDifferences) {
  const Numbers shape = random_shape();
  const Tensor x = argument(pick(0, 2) == 0 ? repeated(shape) : shape);
  const Tensor y = argument(pick(0, 1) == 0 ? repeated(shape) : shape);
  const Tensor sum = program_.combine(pick(0, 1) != 0 ? "add" : "sub", widened(x), widened(y));
  const Tensor result = program_.clamp(
      program_.rescale(sum, {pick(1 << 30, 0x7fffffff), pick(48, 51)}, 0, pick(-128, 127), "i8"),
      pick(-128, -50), 127);
  check_pair(x, y, result, "thimble_add");
}

TEST_P(Elementwise, Products) {
  const Numbers shape = random_shape();
  const Tensor x = argument(pick(0, 2) == 0 ? repeated(shape) : shape);
  const Tensor y = argument(pick(0, 1) == 0 ? repeated(shape) : shape);
  const Tensor product =
      program_.combine("mul", to_32_bits(x, pick(-128, 127)), to_32_bits(y, pick(-128, 127)));
  const Tensor result = program_.rescale(product, scale(pick(33, 40)), 0, pick(-128, 127), "i8");
  check_pair(x, y, result, "thimble_multiply");
}

TEST(ElementwiseLayers, WhatNoMicrokernelComputesStays) {
  const auto layers_and_refusals = [](const Program& program, const std::vector<Tensor>& results) {
    auto module = mlir::parse(program.text(results), "test");
    EXPECT_TRUE(module.has_value());
    return offload(*module, "net", Goal::kSpeed).value_or(Offloaded());
  };
  Program program;
  const Tensor x = program.argument({1, 2, 2, 3}, Numbers(12));
  const Tensor y = program.argument({1, 2, 2, 3}, Numbers(12));
  const auto wide = [&](const Tensor& t) { return program.rescale(t, {1 << 30, 30}, 0, 0, "i32"); };
  const Tensor sum = program.combine("add", wide(x), wide(y));
  const Tensor result = program.rescale(sum, {1 << 30, 31}, 0, 0, "i8");
  EXPECT_EQ(layers_and_refusals(program, {result}).layers.size(), 1u);
  const Offloaded wanted = layers_and_refusals(program, {sum, result});
  EXPECT_TRUE(wanted.layers.empty()) << "a sum that is wanted itself";
  ASSERT_EQ(wanted.refusals.size(), 1u);
  EXPECT_EQ(wanted.refusals[0].operation, "tosa.add");
  EXPECT_TRUE(layers_and_refusals(program, {sum}).layers.empty()) << "a sum that is returned";
  const Tensor most = program.combine("maximum", wide(x), wide(y));
  const Tensor largest = program.rescale(most, {1 << 30, 30}, 0, 0, "i8");
  EXPECT_TRUE(layers_and_refusals(program, {largest}).layers.empty());
}

TEST_P(Elementwise, ASumOfATensorWithItselfIsATable) {
  const Tensor x = argument(random_shape());
  const Tensor sum = program_.combine("add", widened(x), widened(x));
  const Tensor result = program_.rescale(sum, {1 << 30, 50}, 0, 3, "i8");
  const std::vector<Layer> layers = layers_of({result});
  ASSERT_EQ(layers.size(), 1u);
  EXPECT_EQ(layers[0].symbol, "thimble_lookup");
  EXPECT_EQ(computed(layers[0], {x.elements}, x.elements.size()), result.elements);
}

INSTANTIATE_TEST_SUITE_P(Random, Elementwise, testing::Range(0, 40));

}  // namespace
}  // namespace thimble::offload
