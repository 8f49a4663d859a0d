// Microkernels that move bytes, on random shapes, against their descriptors' own words written down
// a second time. That a descriptor says what the program does is tested with the compiler
// (compiler/offload/movement_test.cc).
#include "microkernels/movement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace thimble::microkernels {
namespace {

using Bytes = std::vector<std::byte>;
constexpr std::byte kGuard{0x5a};
constexpr int kCasesEach = 100;

class Movement : public testing::TestWithParam<int> {
 protected:
  std::uint32_t pick(std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(random_() % (high - low + 1));
  }
  Bytes tensor(std::size_t count) {
    Bytes values(count);
    for (std::byte& value : values) value = static_cast<std::byte>(random_());
    return values;
  }

  // Runs a microkernel in two calls.
  template <typename Kernel>
  void check(Kernel kernel, const void* descriptor, std::vector<Bytes>& inputs, std::uint32_t rows,
             const Bytes& wanted) {
    Bytes result(wanted.size() + 1, kGuard);
    std::vector<std::byte*> buffers;
    buffers.reserve(inputs.size() + 1);
    for (Bytes& input : inputs) buffers.push_back(input.data());
    buffers.push_back(result.data());
    const std::uint32_t split = pick(0, rows);
    kernel(descriptor, buffers.data(), 0, split);
    EXPECT_TRUE(std::all_of(result.begin() + split * (wanted.size() / rows), result.end(),
                            [](std::byte value) { return value == kGuard; }));
    kernel(descriptor, buffers.data(), split, rows - split);
    EXPECT_EQ(result.back(), kGuard);
    result.pop_back();
    EXPECT_EQ(result, wanted);
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
};

void read_nested(const Copy& layer, const Bytes& input, int dimension, std::int64_t place,
                 Bytes& output) {
  if (dimension == kCopyDimensions) {
    output.push_back(input.at(static_cast<std::size_t>(place)));
    return;
  }
  const auto [extent, step] = layer.dimensions[dimension];
  for (std::uint32_t i = 0; i < extent; ++i)
    read_nested(layer, input, dimension + 1, place + std::int64_t{i} * step, output);
}

TEST_P(Movement, Copy) {
  for (int i = 0; i < kCasesEach; ++i) {
    Copy layer{};
    std::vector<Bytes> inputs{tensor(3000)};
    const int row_dimensions = static_cast<int>(pick(0, 2));
    std::uint32_t rows = 1;
    std::uint32_t bytes = 1;
    std::int64_t span = 0;  // from the first byte that is read to the last
    for (int d = 0; d < kCopyDimensions; ++d) {
      const bool innermost = d == kCopyDimensions - 1;
      const std::uint32_t extent = innermost && pick(0, 3) == 0 ? pick(16, 40) : pick(1, 4);
      const std::uint32_t step = innermost && pick(0, 1) == 0 ? 1 : pick(0, 30);
      layer.dimensions[d] = {extent, static_cast<std::int32_t>(step)};
      span += std::int64_t{extent - 1} * step;
      (d < row_dimensions ? rows : bytes) *= extent;
    }
    layer.row_bytes = bytes;
    layer.first = pick(0, static_cast<std::uint32_t>(2999 - span));
    for (auto& [extent, step] : layer.dimensions) {  // some walk backwards
      if (pick(0, 5) != 0) continue;
      layer.first += (extent - 1) * static_cast<std::uint32_t>(step);
      step = -step;
    }
    Bytes wanted;
    read_nested(layer, inputs[0], 0, layer.first, wanted);
    check(thimble_copy, &layer, inputs, rows, wanted);
  }
}

TEST_P(Movement, Concatenate) {
  for (int i = 0; i < kCasesEach; ++i) {
    std::vector<std::uint32_t> sizes(pick(1, 6));
    for (std::uint32_t& size : sizes) size = pick(1, 25);
    const Concatenate layer{sizes.data(), static_cast<std::uint32_t>(sizes.size()), pick(1, 7)};
    const std::uint32_t rows = pick(1, 6);
    std::vector<Bytes> inputs;
    inputs.reserve(sizes.size());
    for (const std::uint32_t size : sizes) inputs.push_back(tensor(rows * layer.columns * size));
    Bytes wanted;
    for (std::uint32_t column = 0; column < rows * layer.columns; ++column) {
      for (std::size_t k = 0; k < sizes.size(); ++k) {
        const auto first = inputs[k].begin() + column * sizes[k];
        wanted.insert(wanted.end(), first, first + sizes[k]);
      }
    }
    check(thimble_concatenate, &layer, inputs, rows, wanted);
  }
}

TEST_P(Movement, Pad) {
  for (int i = 0; i < kCasesEach; ++i) {
    const auto side = [&](std::uint32_t most) {
      return Pad::Side{pick(0, 3), pick(1, most), pick(0, 3)};
    };
    const Pad layer{side(5), side(5), side(20), static_cast<std::uint8_t>(pick(0, 255))};
    std::vector<Bytes> inputs{
        tensor(layer.rows.inside * layer.columns.inside * layer.bytes.inside)};
    // The input's place, or one past its end.
    const auto place = [](const Pad::Side& pad, std::uint32_t at) {
      return at < pad.before ? pad.inside : std::min(at - pad.before, pad.inside);
    };
    const auto total = [](const Pad::Side& pad) { return pad.before + pad.inside + pad.after; };
    Bytes wanted;
    for (std::uint32_t row = 0; row < total(layer.rows); ++row) {
      for (std::uint32_t column = 0; column < total(layer.columns); ++column) {
        for (std::uint32_t byte = 0; byte < total(layer.bytes); ++byte) {
          const std::uint32_t y = place(layer.rows, row);
          const std::uint32_t x = place(layer.columns, column);
          const std::uint32_t c = place(layer.bytes, byte);
          const bool inside =
              y < layer.rows.inside && x < layer.columns.inside && c < layer.bytes.inside;
          wanted.push_back(inside
                               ? inputs[0][(y * layer.columns.inside + x) * layer.bytes.inside + c]
                               : std::byte{layer.value});
        }
      }
    }
    check(thimble_pad, &layer, inputs, total(layer.rows), wanted);
  }
}

INSTANTIATE_TEST_SUITE_P(Random, Movement, testing::Range(0, 20));

}  // namespace
}  // namespace thimble::microkernels
