// What only moves bytes: the descriptors of random programs, given to the microkernels, do what the
// programs say; padding goes into convolutions; what IREE does for nothing stays.
#include "microkernels/movement.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "compiler/offload/movement_program_for_test.h"
#include "compiler/offload/offload.h"

namespace thimble::offload {
namespace {

using test::movement::Numbers;
using test::movement::Program;
using test::movement::Tensor;

// All numbers in the text of a descriptor, but for that of its constant.
Numbers numbers_in(const std::string& descriptor) {
  Numbers numbers;
  const std::size_t start = descriptor.starts_with("Concatenate{$0") ? 14 : 0;
  for (const char* next = descriptor.c_str() + start; *next != '\0';) {
    char* end = nullptr;
    const std::int64_t number = std::strtoll(next, &end, 10);
    if (end == next) {
      ++next;
    } else {
      numbers.push_back(number);
      next = end;
    }
  }
  return numbers;
}

// What a microkernel makes of the descriptor.
std::vector<std::uint8_t> computed(const Layer& layer, std::vector<Tensor> inputs,
                                   std::size_t bytes) {
  std::vector<std::uint8_t> result(bytes);
  std::vector<std::byte*> buffers;
  buffers.reserve(inputs.size() + 1);
  for (Tensor& input : inputs)
    buffers.push_back(reinterpret_cast<std::byte*>(input.elements.data()));
  buffers.push_back(reinterpret_cast<std::byte*>(result.data()));
  const Numbers numbers = numbers_in(layer.descriptor);
  const auto u32 = [&](std::size_t i) { return static_cast<std::uint32_t>(numbers.at(i)); };
  const auto rows = static_cast<std::uint32_t>(layer.rows);
  if (layer.symbol == "thimble_copy") {
    microkernels::Copy copy{};
    constexpr std::size_t kDimensions = microkernels::kCopyDimensions;
    for (std::size_t d = 0; d < kDimensions; ++d)
      copy.dimensions[d] = {u32(2 * d), static_cast<std::int32_t>(numbers.at(2 * d + 1))};
    copy.first = u32(2 * kDimensions);
    copy.row_bytes = u32(2 * kDimensions + 1);
    EXPECT_EQ(copy.row_bytes * rows, bytes);
    microkernels::thimble_copy(&copy, buffers.data(), 0, rows);
  } else if (layer.symbol == "thimble_concatenate") {
    const microkernels::Concatenate concatenate{layer.constants.at(0).data(), u32(0), u32(1)};
    microkernels::thimble_concatenate(&concatenate, buffers.data(), 0, rows);
  } else {
    const microkernels::Pad pad{{u32(0), u32(1), u32(2)},
                                {u32(3), u32(4), u32(5)},
                                {u32(6), u32(7), u32(8)},
                                static_cast<std::uint8_t>(u32(9))};
    microkernels::thimble_pad(&pad, buffers.data(), 0, rows);
  }
  return result;
}

// Offloads what makes `value` of the inputs. True if that is one layer; then it is exact.
bool is_one_exact_layer(Program& program, const std::string& value) {
  mlir::Module module = program.returning({value});
  const auto offloaded = offload(module, "net", Goal::kSpeed);
  if (!offloaded || offloaded->layers.size() != 1) return false;
  const std::string printed = mlir::print(module);
  EXPECT_NE(printed.find("@microkernels::@net_layer_0"), std::string::npos);
  for (const char* gone : {"tosa.slice", "tosa.transpose", "tosa.concat", "tosa.pad"})
    if (printed.find(gone) != std::string::npos) return false;
  std::vector<Tensor> inputs;
  inputs.reserve(program.inputs.size());
  for (const std::string& input : program.inputs) inputs.push_back(program.values.at(input));
  const std::vector<std::uint8_t>& wanted = program.values.at(value).elements;
  EXPECT_EQ(computed(offloaded->layers[0], inputs, wanted.size()), wanted) << printed;
  return true;
}

TEST(Movement, ChainsOfSlicesTransposesAndReshapesAreOneCopy) {
  int layers = 0;
  for (unsigned seed = 0; seed < 1000 && !HasFailure(); ++seed) {
    Program program(seed);
    Numbers shape;
    for (std::int64_t rank = program.pick(1, 4); rank > 0; --rank)
      shape.push_back(program.pick(1, 8));
    if (shape.size() == 4 && program.pick(0, 2) != 0) shape[0] = 1;
    std::string value = program.input(shape);
    for (std::int64_t steps = program.pick(1, 4); steps > 0; --steps) {
      switch (program.pick(0, 2)) {
        case 0:
          value = program.slice(value);
          break;
        case 1:
          value = program.transpose(value);
          break;
        default:
          value = program.reshape(value);
      }
    }
    layers += is_one_exact_layer(program, value) ? 1 : 0;
  }
  EXPECT_GT(layers, 300);
}

TEST(Movement, Concatenations) {
  for (unsigned seed = 0; seed < 300 && !HasFailure(); ++seed) {
    Program program(seed);
    Numbers shape;
    for (std::int64_t rank = program.pick(2, 4); rank > 0; --rank)
      shape.push_back(program.pick(2, 6));
    if (shape.size() == 4) shape[0] = program.pick(1, 2);
    const auto last = static_cast<std::int64_t>(shape.size()) - 1;
    const auto axis = static_cast<std::size_t>(program.pick(shape[0] == 1 ? 2 : 1, last));
    std::vector<std::string> parts;
    for (std::int64_t count = program.pick(2, 5); count > 0; --count) {
      shape[axis] = program.pick(1, 6);
      parts.push_back(program.input(shape));
    }
    EXPECT_TRUE(is_one_exact_layer(program, program.concat(parts, axis))) << "seed " << seed;
  }
}

TEST(Movement, Padding) {
  for (unsigned seed = 0; seed < 300 && !HasFailure(); ++seed) {
    Program program(seed);
    Numbers shape;
    Numbers sides;
    for (std::int64_t rank = program.pick(1, 4); rank > 0; --rank) {
      shape.push_back(program.pick(1, 6));
      for (int side = 0; side < 2; ++side) sides.push_back(program.pick(0, 1) * program.pick(1, 3));
    }
    if (shape.size() == 4) shape[0] = 1, sides[0] = sides[1] = 0;
    const std::string input = program.input(shape);
    const int value = static_cast<int>(program.pick(-128, 127));
    EXPECT_TRUE(is_one_exact_layer(program, program.pad(input, sides, value))) << "seed " << seed;
  }
}

TEST(Movement, WhatIreeDoesForNothingStays) {
  Program program(1);
  const std::string first = program.input({1, 4, 4, 3});
  const std::string second = program.input({1, 2, 4, 3});
  mlir::Module module = program.returning({program.concat({first, second}, 1)});
  EXPECT_TRUE(offload(module, "net", Goal::kSpeed)->layers.empty());
}

}  // namespace
}  // namespace thimble::offload
