// For tests: convolutions of random shapes, weights and scales, random inputs, and what the TOSA
// specification makes of them, computed as plainly as can be.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "compiler/offload/convolution.h"
#include "compiler/offload/encode_depthwise.h"
#include "compiler/offload/order.h"

namespace thimble::offload {

class RandomConvolution {
 public:
  explicit RandomConvolution(unsigned seed) : random_(seed) {}

  std::unique_ptr<Convolution> make(bool depthwise) {
    extreme_ = pick(0, 7) == 0;
    auto layer = std::make_unique<Convolution>();
    layer->depthwise = depthwise;
    make_window(layer->window, depthwise);
    layer->multiplier = depthwise && pick(0, 2) == 0 ? pick(2, 3) : 1;
    if (depthwise)
      layer->window.output_channels =
          static_cast<std::uint16_t>(layer->window.input_channels * layer->multiplier);
    const int taps = layer->window.kernel_height * layer->window.kernel_width *
                     (depthwise ? 1 : layer->window.input_channels);
    const int spread = pick(1, 4) * 20;  // of trained weights: short and long runs
    for (int i = 0; i < taps * layer->window.output_channels; ++i)
      layer->weights.push_back(weight(spread));
    for (int c = 0; c < layer->window.output_channels; ++c)
      layer->biases.push_back(pick(-20000, 20000));
    make_rescale(layer->rescale, layer->window.output_channels);
    if (depthwise && pick(0, 1) != 0 && can_take_unsigned(*layer, Goal::kSpeed)) {
      layer->unsigned_input = true;
      layer->window.input_zero_point = 0;
    }
    const int inputs =
        layer->window.input_height * layer->window.input_width * layer->window.input_channels;
    input_.clear();
    const bool sparse = pick(0, 1) != 0;
    for (int i = 0; i < inputs; ++i)
      input_.push_back(sparse && pick(0, 1) != 0 ? std::int8_t{} : byte());
    return layer;
  }

  using Kernel = std::function<void(std::byte* const*, std::uint32_t, std::uint32_t)>;

  /// Runs the kernel in two calls, split at a random row, and compares every output.
  void check(const Convolution& layer, const Kernel& kernel, std::size_t scratch_bytes) {
    const std::size_t count = outputs(layer);
    std::vector<std::byte> result(count + kGuardBytes, kGuard);
    run(layer, kernel, scratch_bytes, reinterpret_cast<std::byte*>(input_.data()), result.data(),
        pick(0, layer.window.output_height));
    for (std::size_t i = 0; i < kGuardBytes; ++i) EXPECT_EQ(result[count + i], kGuard);
    compare(layer, result.data());
  }

  /// The same in calls of few rows, in which the input holds only the bytes that are declared.
  void check_rows(const Convolution& layer, const Kernel& kernel, std::size_t scratch_bytes,
                  const RowReads& reads) {
    std::vector<std::byte> result(outputs(layer));
    std::vector<std::byte> scratch(scratch_bytes);
    const std::int64_t size = static_cast<std::int64_t>(input_.size());
    for (int row = 0; row < layer.window.output_height;) {
      const int rows = std::min(pick(1, 3), layer.window.output_height - row);
      const std::int64_t begin = std::clamp<std::int64_t>(reads.first + row * reads.step, 0, size);
      const std::int64_t end = std::clamp<std::int64_t>(
          reads.first + (row + rows - 1) * reads.step + reads.bytes, 0, size);
      std::vector<std::int8_t> part(input_.size());
      for (std::int8_t& value : part) value = byte();
      std::copy(input_.begin() + begin, input_.begin() + end, part.begin() + begin);
      std::byte* buffers[] = {reinterpret_cast<std::byte*>(part.data()), result.data(),
                              scratch.data()};
      kernel(buffers, static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(rows));
      row += rows;
    }
    compare(layer, result.data());
  }

  /// The same in one call, whose output follows the reading of the input through memory as the
  /// kernel's order allows.
  void check_in_place(const Convolution& layer, const Kernel& kernel, std::size_t scratch_bytes,
                      const Order& order) {
    const std::int64_t lead = offload::lead(order);
    if (lead < -static_cast<std::int64_t>(input_.size())) return;
    std::vector<std::byte> memory(2 * input_.size() + 2 * outputs(layer));
    std::byte* const output = memory.data() + input_.size();
    std::byte* const input = output + lead;
    std::memcpy(input, input_.data(), input_.size());
    run(layer, kernel, scratch_bytes, input, output, 0);
    compare(layer, output);
    check_rows_in_place(layer, kernel, scratch_bytes, order);
  }

 private:
  // Calls of some rows, each over all of the input.
  void check_rows_in_place(const Convolution& layer, const Kernel& kernel,
                           std::size_t scratch_bytes, const Order& order) {
    const std::size_t row_bytes = outputs(layer) / layer.window.output_height;
    const auto all = static_cast<std::int64_t>(input_.size() + outputs(layer));
    const int row = pick(0, layer.window.output_height - 1);
    const int rows = pick(1, layer.window.output_height - row);
    for (const std::int64_t lead : {offload::lead(order, row, row + rows), order.exactly}) {
      if (std::abs(lead) > all) continue;
      std::vector<std::byte> memory(static_cast<std::size_t>(4 * all));
      std::byte* const output = memory.data() + 2 * all;
      std::memcpy(output + lead, input_.data(), input_.size());
      std::vector<std::byte> scratch(scratch_bytes);
      std::byte* buffers[] = {output + lead, output, scratch.data()};
      kernel(buffers, static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(rows));
      compare_rows(layer, output + static_cast<std::size_t>(row) * row_bytes, row, row + rows);
    }
  }

  static constexpr std::byte kGuard{0xa5};
  static constexpr std::size_t kGuardBytes = 4;

  static std::size_t outputs(const Convolution& layer) {
    return std::size_t{layer.window.output_height} * layer.window.output_width *
           layer.window.output_channels;
  }

  void run(const Convolution& layer, const Kernel& kernel, std::size_t scratch_bytes,
           std::byte* input, std::byte* output, int rows_first) {
    std::vector<std::byte> scratch(scratch_bytes + kGuardBytes, kGuard);
    std::byte* buffers[] = {input, output, scratch.data()};
    const auto split = static_cast<std::uint32_t>(rows_first);
    kernel(buffers, 0, split);
    kernel(buffers, split, layer.window.output_height - split);
    for (std::size_t i = 0; i < kGuardBytes; ++i) EXPECT_EQ(scratch[scratch_bytes + i], kGuard);
  }

  void compare(const Convolution& layer, const std::byte* result) const {
    compare_rows(layer, result, 0, layer.window.output_height);
  }

  void compare_rows(const Convolution& layer, const std::byte* result, int begin, int end) const {
    const auto& window = layer.window;
    for (int y = begin; y < end; ++y) {
      for (int x = 0; x < window.output_width; ++x) {
        for (int c = 0; c < window.output_channels; ++c) {
          ASSERT_EQ(static_cast<std::int8_t>(*result++), specified(layer, y, x, c))
              << "row " << y << ", column " << x << ", channel " << c;
        }
      }
    }
  }

  int pick(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<unsigned>(high - low + 1));
  }
  std::int8_t byte() {
    return static_cast<std::int8_t>(extreme_ ? (pick(0, 1) != 0 ? 127 : -128) : pick(-128, 127));
  }
  std::int8_t weight(int spread) {
    if (extreme_) return byte();
    std::normal_distribution<double> normal(0, spread);
    return static_cast<std::int8_t>(std::clamp(normal(random_), -128.0, 127.0));
  }

  void make_window(microkernels::Window& window, bool depthwise) {
    for (;;) {
      const bool usual = depthwise && pick(0, 1) != 0;  // 3x3, border of one pixel
      const int most = depthwise ? 7 : 5;
      const int kernel_height = usual ? 3 : pick(1, most);
      const int kernel_width = usual ? 3 : pick(1, most);
      const int stride_y = usual ? pick(1, 2) : pick(1, 3);
      const int stride_x = usual ? stride_y : pick(1, 3);
      const int dilation_y = !usual && pick(0, 3) == 0 ? pick(2, 3) : 1;
      const int dilation_x = !usual && pick(0, 3) == 0 ? pick(2, 3) : 1;
      const bool padded = pick(0, 1) != 0;
      const int top = padded ? pick(0, usual ? 1 : kernel_height) : 0;
      const int left = padded ? pick(0, usual ? 1 : kernel_width) : 0;
      const int height = pick(1, 9);
      const int width = pick(1, 9);
      const int span_y = height + top + (padded ? pick(0, usual ? 1 : kernel_height) : 0) -
                         (kernel_height - 1) * dilation_y - 1;
      const int span_x = width + left + (padded ? pick(0, usual ? 1 : kernel_width) : 0) -
                         (kernel_width - 1) * dilation_x - 1;
      if (span_y < 0 || span_x < 0) continue;
      const auto u16 = [](int value) { return static_cast<std::uint16_t>(value); };
      window = {u16(height),
                u16(width),
                u16(pick(1, depthwise ? 9 : 17)),
                u16(span_y / stride_y + 1),
                u16(span_x / stride_x + 1),
                u16(pick(0, 3) == 0 ? pick(12, 40) : pick(1, 13)),
                u16(kernel_height),
                u16(kernel_width),
                u16(stride_y),
                u16(stride_x),
                u16(dilation_y),
                u16(dilation_x),
                static_cast<std::int16_t>(top),
                static_cast<std::int16_t>(left),
                byte()};
      return;
    }
  }

  void make_rescale(Rescale& rescale, int channels) {
    const int scales = pick(0, 2) == 0 ? 1 : channels;
    const bool odd = pick(0, 9) == 0;  // scales that no trained network has
    for (int i = 0; i < scales; ++i) {
      rescale.multipliers.push_back(pick(1 << 30, 2147483646));
      rescale.shifts.push_back(odd ? pick(28, 50) : pick(34, 42));
    }
    rescale.output.zero_point = pick(-128, 127);
    const bool rectified = pick(0, 1) != 0;
    rescale.output.lowest = rectified ? rescale.output.zero_point : -128;
    rescale.output.highest = pick(0, 2) == 0 ? pick(rescale.output.lowest, 127) : 127;
    rescale.output.double_round = pick(0, 2) != 0;
    if (pick(0, 3) == 0) {  // stored as unsigned
      rescale.output.zero_point = rescale.output.lowest = 0;
      rescale.output.highest = pick(0, 2) == 0 ? pick(1, 255) : 255;
    }
  }

  // apply_scale_32 of the specification, in 128 bits so that nothing can overflow.
  [[nodiscard]] std::int8_t specified(const Convolution& layer, int row, int column,
                                      int channel) const {
    const auto& window = layer.window;
    __int128 value = layer.biases[static_cast<std::size_t>(channel)];
    std::size_t tap = static_cast<std::size_t>(channel) * layer.taps();
    for (int ky = 0; ky < window.kernel_height; ++ky) {
      for (int kx = 0; kx < window.kernel_width; ++kx) {
        const int y = row * window.stride_y - window.pad_top + ky * window.dilation_y;
        const int x = column * window.stride_x - window.pad_left + kx * window.dilation_x;
        const int first = layer.depthwise ? channel / layer.multiplier : 0;
        const int count = layer.depthwise ? 1 : window.input_channels;
        for (int c = first; c < first + count; ++c, ++tap) {
          if (y < 0 || x < 0 || y >= window.input_height || x >= window.input_width) continue;
          const int place = (y * window.input_width + x) * window.input_channels + c;
          const std::int8_t stored = input_[static_cast<std::size_t>(place)];
          const int input = layer.unsigned_input ? static_cast<std::uint8_t>(stored) : stored;
          const int difference = input - window.input_zero_point;
          value += __int128{layer.weights[tap]} * difference;
        }
      }
    }
    const Rescale& rescale = layer.rescale;
    const std::size_t scale =
        rescale.multipliers.size() > 1 ? static_cast<std::size_t>(channel) : 0;
    const int shift = rescale.shifts[scale];
    __int128 round = static_cast<__int128>(1) << (shift - 1);
    if (rescale.output.double_round && shift > 31) round += value >= 0 ? (1 << 30) : -(1 << 30);
    const auto scaled =
        static_cast<std::int64_t>((value * rescale.multipliers[scale] + round) >> shift);
    return static_cast<std::int8_t>(std::clamp<std::int64_t>(
        scaled + rescale.output.zero_point, rescale.output.lowest, rescale.output.highest));
  }

  std::mt19937 random_;
  bool extreme_ = false;
  std::vector<std::int8_t> input_;
};

}  // namespace thimble::offload
