// Microkernels with an output that follows the reading of an input through memory, as close as the
// order that they tell allows: random layers compute the same as with buffers of their own.
#include "microkernels/order.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <random>
#include <vector>

#include "microkernels/average_pool2d.h"
#include "microkernels/elementwise.h"
#include "microkernels/max_pool2d.h"
#include "microkernels/mean.h"
#include "microkernels/movement.h"
#include "microkernels/softmax.h"

namespace thimble::microkernels {
namespace {

using Microkernel = void (*)(const void*, std::byte* const*, std::uint32_t, std::uint32_t);
using Bytes = std::vector<std::byte>;

constexpr int kCases = 300;

struct Shape {
  std::vector<std::size_t> inputs;  // bytes
  std::size_t output = 0;
  std::size_t scratch = 0;
  std::uint32_t rows = 1;
};

class Orders : public testing::Test {
 protected:
  int pick(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<unsigned>(high - low + 1));
  }
  std::uint32_t size(int low, int high) { return static_cast<std::uint32_t>(pick(low, high)); }

  void TearDown() override { EXPECT_GT(spoilt_, kCases / 2) << "one byte less would do as well"; }

  void expect_the_same(Microkernel kernel, const void* descriptor, const Shape& shape,
                       std::size_t followed, const Lead& lead) {
    std::vector<Bytes> inputs;
    for (const std::size_t bytes : shape.inputs) {
      inputs.emplace_back(bytes);
      for (std::byte& byte : inputs.back()) byte = static_cast<std::byte>(random_());
    }
    const Bytes expected = run(kernel, descriptor, shape, inputs, nullptr, 0);
    ASSERT_NE(lead.elements, Lead::kAny);
    const std::size_t most = shape.output + 2 * shape.inputs[followed];
    const std::int64_t behind = std::max(lead.elements, -static_cast<std::int64_t>(most));
    EXPECT_LE(behind, static_cast<std::int64_t>(shape.output)) << "is of no use";
    EXPECT_EQ(run(kernel, descriptor, shape, inputs, &inputs[followed], behind), expected);
    if (run(kernel, descriptor, shape, inputs, &inputs[followed], behind - 1) != expected)
      ++spoilt_;
  }

  microkernels::Window window() {
    microkernels::Window window{};
    const auto extents = [&](std::uint16_t& input, std::uint16_t& output, std::uint16_t& kernel,
                             std::uint16_t& stride, std::int16_t& before) {
      kernel = static_cast<std::uint16_t>(pick(1, 3));
      stride = static_cast<std::uint16_t>(pick(1, 2));
      before = static_cast<std::int16_t>(pick(0, kernel - 1));
      input = static_cast<std::uint16_t>(pick(kernel, 9));
      const int after = pick(0, kernel - 1);
      output = static_cast<std::uint16_t>((input + before + after - kernel) / stride + 1);
    };
    extents(window.input_height, window.output_height, window.kernel_height, window.stride_y,
            window.pad_top);
    extents(window.input_width, window.output_width, window.kernel_width, window.stride_x,
            window.pad_left);
    window.dilation_y = window.dilation_x = 1;
    window.input_channels = window.output_channels = static_cast<std::uint16_t>(pick(1, 9));
    return window;
  }

 private:
  static Bytes run(Microkernel kernel, const void* descriptor, const Shape& shape,
                   const std::vector<Bytes>& inputs, const Bytes* followed, std::int64_t behind) {
    std::size_t all = shape.output;
    for (const Bytes& input : inputs) all += 4 * input.size();
    Bytes memory(2 * all);
    Bytes scratch(shape.scratch);
    std::byte* const output = memory.data() + all;
    std::vector<Bytes> own = inputs;
    std::vector<std::byte*> buffers;
    for (std::size_t i = 0; i < own.size(); ++i) {
      const bool follows = &inputs[i] == followed;
      buffers.push_back(follows ? output + behind : own[i].data());
      if (follows) std::memcpy(buffers.back(), own[i].data(), own[i].size());
    }
    buffers.push_back(output);
    buffers.push_back(scratch.data());
    kernel(descriptor, buffers.data(), 0, shape.rows);
    return {output, output + shape.output};
  }

  std::mt19937 random_{11};
  int spoilt_ = 0;  // layers that compute something else with a lead of a byte less
};

TEST_F(Orders, OfPools) {
  for (int i = 0; i < kCases; ++i) {
    const microkernels::Window window = this->window();
    const std::size_t channels = window.input_channels;
    const Shape shape{{window.input_height * window.input_width * channels},
                      window.output_height * window.output_width * channels,
                      0,
                      window.output_height};
    Lead lead;
    pool_order(window, lead);
    const MaxPool2d max_pool{window, -100, 100};
    expect_the_same(thimble_max_pool2d, &max_pool, shape, 0, lead);
    expect_the_same(thimble_max_pool2d_small, &max_pool, shape, 0, lead);
    const AveragePool2d average_pool{window, -100, 100};
    expect_the_same(thimble_average_pool2d, &average_pool, shape, 0, lead);
    expect_the_same(thimble_average_pool2d_small, &average_pool, shape, 0, lead);
  }
}

TEST_F(Orders, OfMeansAndSoftmax) {
  for (int i = 0; i < kCases; ++i) {
    const std::uint32_t rows = size(1, 3);
    const auto values = static_cast<std::uint16_t>(pick(1, 9));
    const auto channels = static_cast<std::uint16_t>(pick(2, 11));
    const Average average{{values, channels}, -100, 100};
    Lead lead;
    mean_order(average.shape, rows, lead);
    const Shape shape{{rows * values * channels}, rows * channels, 0, rows};
    expect_the_same(thimble_average, &average, shape, 0, lead);
    expect_the_same(thimble_average_small, &average, shape, 0, lead);
    const Mean mean{{values, channels}, 5, {1 << 30, 33}, 3, -128, 127, false};
    expect_the_same(thimble_mean, &mean, shape, 0, lead);
    expect_the_same(thimble_mean_small, &mean, shape, 0, lead);
    const Softmax softmax{1 << 30, channels, 22};
    Lead follows;
    softmax_order(softmax, rows + 1, follows);
    const Shape wide{{(rows + 1) * channels}, (rows + 1) * channels, channels * 4U, rows + 1};
    expect_the_same(thimble_softmax, &softmax, wide, 0, follows);
  }
}

TEST_F(Orders, OfElementwiseLayers) {
  std::vector<std::byte> table(256);
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<std::byte>(i * 7);
  for (int i = 0; i < kCases; ++i) {
    const std::uint32_t rows = size(1, 4);
    const std::uint32_t columns = size(1, 4);
    const std::uint32_t elements = size(2, 9);
    const Lookup lookup{table.data(), columns * elements};
    Lead alone;
    lookup_order(lookup, rows, alone);
    const std::size_t output = rows * columns * elements;
    expect_the_same(thimble_lookup, &lookup, {{output}, output, 0, rows}, 0, alone);

    Broadcast shape{columns, elements, {}, {}, pick(0, 2) == 0};
    const auto reads = [&](std::uint32_t width) -> Broadcast::Input {
      if (pick(0, 1) == 0) return {columns * width, width};
      return pick(0, 1) == 0 ? Broadcast::Input{0, width} : Broadcast::Input{width, 0};
    };
    shape.first = reads(elements);
    shape.second = reads(shape.second_repeats ? 1 : elements);
    const Add add{shape, 3, -2, 5, 2, -100, 100};
    const Multiply multiply{shape, 3, -4, 1 << 28, 3, 1, 1, -100, 100};
    for (std::size_t second = 0; second < 2; ++second) {
      Lead lead;
      broadcast_order(shape, rows, second == 1, lead);
      if (lead.elements == Lead::kAny) continue;  // one element that is read first
      const Shape both{{output, output}, output, 0, rows};
      expect_the_same(thimble_add, &add, both, second, lead);
      expect_the_same(thimble_add_small, &add, both, second, lead);
      expect_the_same(thimble_multiply, &multiply, both, second, lead);
      expect_the_same(thimble_multiply_small, &multiply, both, second, lead);
    }
  }
}

TEST_F(Orders, OfMovements) {
  for (int i = 0; i < kCases; ++i) {
    const Pad pad{{size(0, 2), size(1, 4), size(0, 2)},
                  {size(0, 2), size(1, 4), size(0, 2)},
                  {size(0, 2), size(1, 20), size(0, 2)},
                  7};
    const auto total = [](const Pad::Side& side) { return side.before + side.inside + side.after; };
    Lead padded;
    pad_order(pad, padded);
    const std::size_t inside = pad.rows.inside * pad.columns.inside * pad.bytes.inside;
    const std::size_t all = total(pad.rows) * total(pad.columns) * total(pad.bytes);
    expect_the_same(thimble_pad, &pad, {{inside}, all, 0, total(pad.rows)}, 0, padded);

    // A picture [rows][columns][channels] with its dimensions in another order, some left out.
    const std::uint32_t extents[] = {size(1, 5), size(1, 5), size(1, 40)};
    int order[] = {0, 1, 2};
    for (int k = 0; k < 3; ++k) std::swap(order[pick(0, 2)], order[pick(0, 2)]);
    const std::uint32_t steps[] = {extents[1] * extents[2], extents[2], 1};
    Copy copy{};
    for (Copy::Dimension& dimension : copy.dimensions) dimension = {1, 0};
    std::uint32_t output = 1;
    for (int d = 0; d < 3; ++d) {
      const std::uint32_t extent = size(1, static_cast<int>(extents[order[d]]));
      copy.dimensions[kCopyDimensions - 3 + d] = {extent,
                                                  static_cast<std::int32_t>(steps[order[d]])};
      output *= extent;
      if (pick(0, 5) == 0) {  // backwards
        auto& dimension = copy.dimensions[kCopyDimensions - 3 + d];
        copy.first += (extent - 1) * steps[order[d]];
        dimension.step = -dimension.step;
      }
    }
    copy.row_bytes = output;
    Lead lead;
    copy_order(copy, 1, lead);
    expect_the_same(thimble_copy, &copy, {{extents[0] * steps[0]}, output, 0, 1}, 0, lead);
  }
}

}  // namespace
}  // namespace thimble::microkernels
