// Element-wise microkernels on random numbers and shapes against their
// descriptors' own words, written down a second time. That the numbers are
// TOSA's is the compiler's to prove (compiler/offload/pair_function_test.cc).
#include "microkernels/elementwise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

namespace thimble::microkernels {
namespace {

constexpr std::int8_t kGuard = 0x5a;

class Elementwise : public testing::TestWithParam<int> {
 protected:
  int pick(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<unsigned>(high - low + 1));
  }
  std::uint32_t extent(int high) { return static_cast<std::uint32_t>(pick(1, high)); }
  std::vector<std::int8_t> tensor(std::uint32_t count) {
    std::vector<std::int8_t> values(count);
    for (std::int8_t& value : values) value = static_cast<std::int8_t>(pick(-128, 127));
    return values;
  }

  // A random shape: the second input repeats in any dimension, the first in the
  // outer ones.
  void make_broadcast(Broadcast& shape) {
    rows_ = extent(5);
    shape.columns = extent(4);
    shape.elements = extent(11);
    std::array<Broadcast::Input*, 2> inputs{&shape.first, &shape.second};
    shape.second_repeats = pick(0, 2) == 0;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      const std::uint32_t elements = k == 1 && shape.second_repeats ? 1 : shape.elements;
      const bool column_repeats = pick(0, 2) == 0;
      const bool row_repeats = pick(0, 2) == 0;
      const std::uint32_t columns = column_repeats ? 1 : shape.columns;
      inputs[k]->column = column_repeats ? 0 : elements;
      inputs[k]->row = row_repeats ? 0 : elements * columns;
      inputs_[k] = tensor(elements * columns * (row_repeats ? 1 : rows_));
    }
  }

  // Runs the microkernel in two calls and compares every output, in a buffer of
  // its own or in that of the first input, if it is as large.
  template <typename Kernel, typename Function>
  void check(const Broadcast& shape, const void* descriptor, Kernel kernel,
             const Function& function) {
    const std::uint32_t count = rows_ * shape.columns * shape.elements;
    std::vector<std::int8_t> wanted;
    for (std::uint32_t row = 0; row < rows_; ++row) {
      for (std::uint32_t column = 0; column < shape.columns; ++column) {
        for (std::uint32_t i = 0; i < shape.elements; ++i) {
          const std::uint32_t a = row * shape.first.row + column * shape.first.column + i;
          const std::uint32_t b = row * shape.second.row + column * shape.second.column +
                                  (shape.second_repeats ? 0 : i);
          wanted.push_back(function(inputs_[0][a], inputs_[1][b]));
        }
      }
    }
    std::vector<std::int8_t> result(count + 1, kGuard);
    const bool in_place = inputs_[0].size() == count && pick(0, 1) == 0;
    const auto bytes = [](std::vector<std::int8_t>& values) {
      return reinterpret_cast<std::byte*>(values.data());
    };
    std::byte* buffers[] = {bytes(inputs_[0]), bytes(inputs_[1]),
                            in_place ? bytes(inputs_[0]) : bytes(result)};
    const std::uint32_t split = static_cast<std::uint32_t>(pick(0, static_cast<int>(rows_)));
    kernel(descriptor, buffers, 0, split);
    kernel(descriptor, buffers, split, rows_ - split);
    EXPECT_EQ(result.back(), kGuard);
    if (in_place) result = inputs_[0];
    result.resize(count);
    EXPECT_EQ(result, wanted);
  }

  // The same for a microkernel of one input.
  template <auto kKernel, typename Layer, typename Function>
  void check_lookup(const Layer& layer, const Function& function) {
    rows_ = extent(6);
    const Broadcast shape{1, layer.row_bytes, {layer.row_bytes, 0}, {}, true};
    inputs_ = {tensor(rows_ * layer.row_bytes), tensor(1)};
    check(
        shape, &layer,
        [](const void* descriptor, std::byte* const* buffers, std::uint32_t first,
           std::uint32_t rows) {
          std::byte* const own[] = {buffers[0], buffers[2]};
          kKernel(descriptor, own, first, rows);
        },
        [&](std::int8_t input, std::int8_t) { return function(input); });
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
  std::uint32_t rows_ = 1;
  std::array<std::vector<std::int8_t>, 2> inputs_;
};

constexpr int kCasesEach = 100;

TEST_P(Elementwise, Add) {
  for (int i = 0; i < kCasesEach; ++i) {
    Add layer{};
    make_broadcast(layer.broadcast);
    layer.first_factor = pick(-(1 << 22), 1 << 22);
    layer.second_factor = pick(-(1 << 22), 1 << 22);
    layer.offset = pick(-(1 << 29), 1 << 29);
    layer.shift = static_cast<std::uint8_t>(pick(15, 24));
    layer.lowest = static_cast<std::int8_t>(pick(-128, 100));
    layer.highest = static_cast<std::int8_t>(pick(layer.lowest, 127));
    const auto function = pick(0, 1) == 0 ? thimble_add : thimble_add_small;
    check(layer.broadcast, &layer, function, [&](std::int64_t first, std::int64_t second) {
      const std::int64_t sum =
          first * layer.first_factor + second * layer.second_factor + layer.offset;
      return static_cast<std::int8_t>(
          std::clamp<std::int64_t>(sum >> layer.shift, layer.lowest, layer.highest));
    });
  }
}

TEST_P(Elementwise, Multiply) {
  for (int i = 0; i < kCasesEach; ++i) {
    Multiply layer{};
    make_broadcast(layer.broadcast);
    layer.first_zero_point = static_cast<std::int16_t>(pick(-128, 127));
    layer.second_zero_point = static_cast<std::int16_t>(pick(-128, 127));
    layer.factor = pick(-(1 << 29), 1 << 29) * 2;
    layer.offset = pick(-(1 << 28), 1 << 28);
    layer.negative_offset = pick(0, 1) * pick(-(1 << 16), 1 << 16);
    layer.shift = static_cast<std::uint8_t>(pick(15, 24));
    layer.lowest = static_cast<std::int8_t>(pick(-128, 100));
    layer.highest = static_cast<std::int8_t>(pick(layer.lowest, 127));
    const auto function = pick(0, 1) == 0 ? thimble_multiply : thimble_multiply_small;
    check(layer.broadcast, &layer, function, [&](std::int64_t first, std::int64_t second) {
      const std::int64_t product =
          (first - layer.first_zero_point) * (second - layer.second_zero_point);
      std::int64_t value = ((product << kProductShift) * layer.factor) >> 32;
      if (value < 0) value += layer.negative_offset;
      return static_cast<std::int8_t>(std::clamp<std::int64_t>(
          (value + layer.offset) >> layer.shift, layer.lowest, layer.highest));
    });
  }
}

TEST_P(Elementwise, Lookup) {
  for (int i = 0; i < kCasesEach; ++i) {
    const std::vector<std::int8_t> table = tensor(256);
    const Lookup layer{table.data(), extent(20)};
    check_lookup<thimble_lookup>(
        layer, [&](std::int8_t input) { return table[static_cast<std::uint8_t>(input)]; });
  }
}

TEST_P(Elementwise, LookupSteps) {
  for (int i = 0; i < kCasesEach; ++i) {
    std::array<std::uint32_t, 20> table{};  // any fields, any firsts
    for (std::uint32_t& word : table)
      for (const std::int8_t byte : tensor(4)) word = word << 8 | static_cast<std::uint8_t>(byte);
    const LookupSteps layer{table.data(), extent(20)};
    check_lookup<thimble_lookup_steps>(layer, [&](std::int8_t input) {
      const auto number = static_cast<std::size_t>(input + 128);
      std::uint32_t output = table[16 + number / 64] >> (number / 16 % 4 * 8);
      for (std::size_t field = 0; field <= number % 16; ++field)
        output += table[number / 16] >> (2 * field) & 3;
      return static_cast<std::int8_t>(output);
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Random, Elementwise, testing::Range(0, 20));

}  // namespace
}  // namespace thimble::microkernels
