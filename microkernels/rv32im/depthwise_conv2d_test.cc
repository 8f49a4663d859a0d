// Random layers of every shape against the TOSA specification, written down here a second time,
// plainly.
#include "microkernels/depthwise_conv2d.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "microkernels/max_pool2d.h"

namespace thimble::microkernels {
namespace {

// apply_scale_32 of the specification, in 128 bits so that nothing can overflow.
std::int8_t specified(std::int32_t sum, std::int32_t bias, const ReferenceScale& scale,
                      const Requantization& output) {
  const std::int32_t value = sum + bias;
  __int128 round = static_cast<__int128>(1) << (scale.shift - 1);
  if (output.double_round && scale.shift > 31) round += value >= 0 ? (1 << 30) : -(1 << 30);
  const auto scaled = static_cast<std::int64_t>(
      (static_cast<__int128>(value) * scale.multiplier + round) >> scale.shift);
  return static_cast<std::int8_t>(
      std::clamp<std::int64_t>(scaled + output.zero_point, output.lowest, output.highest));
}

class Layers : public testing::TestWithParam<int> {
 protected:
  int pick(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<unsigned>(high - low + 1));
  }
  std::int8_t byte() {
    return static_cast<std::int8_t>(extreme_ ? (pick(0, 1) != 0 ? 127 : -128) : pick(-128, 127));
  }

  void make_window(Window& window, bool depthwise) {
    extreme_ = pick(0, 9) == 0;
    for (;;) {
      const int kernel_height = pick(1, 5);
      const int kernel_width = pick(1, 5);
      const int stride_y = pick(1, 3);
      const int stride_x = pick(1, 3);
      const int dilation_y = pick(0, 3) == 0 ? pick(2, 3) : 1;
      const int dilation_x = pick(0, 3) == 0 ? pick(2, 3) : 1;
      const bool padded = pick(0, 1) != 0;
      const int top = padded ? pick(0, kernel_height) : 0;
      const int left = padded ? pick(0, kernel_width) : 0;
      const int height = pick(1, 9);
      const int width = pick(1, 9);
      const int span_y = height + top + (padded ? pick(0, kernel_height) : 0) -
                         (kernel_height - 1) * dilation_y - 1;
      const int span_x =
          width + left + (padded ? pick(0, kernel_width) : 0) - (kernel_width - 1) * dilation_x - 1;
      if (span_y < 0 || span_x < 0) continue;
      const auto u16 = [](int value) { return static_cast<std::uint16_t>(value); };
      output_height_ = span_y / stride_y + 1;
      window = {u16(height),
                u16(width),
                u16(pick(1, depthwise ? 9 : 17)),
                u16(output_height_),
                u16(span_x / stride_x + 1),
                u16(pick(1, 13)),
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

  void make_output(Requantization& output, int channels) {
    const int low = pick(-128, 100);
    biases_.clear(), scales_.clear();
    for (int c = 0; c < channels; ++c) {
      biases_.push_back(pick(-20000, 20000));
      scales_.push_back(
          {pick(1 << 30, 2147483646), pick(0, 15) == 0 ? pick(28, 32) : pick(33, 46)});
    }
    output = {biases_.data(),
              scales_.data(),
              RequantizationForm::kReference,
              true,
              static_cast<std::int16_t>(pick(-128, 127)),
              static_cast<std::int8_t>(low),
              static_cast<std::int8_t>(pick(low, 127)),
              pick(0, 1) != 0};
  }

  [[nodiscard]] std::int32_t input_at(const Window& window, int y, int x, int channel) const {
    if (y < 0 || x < 0 || y >= window.input_height || x >= window.input_width)
      return window.input_zero_point;
    const int place = (y * window.input_width + x) * window.input_channels + channel;
    return input_[static_cast<std::size_t>(place)];
  }

  // Runs the microkernel in two calls, split at a random row, and compares every output.
  template <typename Kernel, typename Sum>
  void check(const Window& window, const Requantization& output, const void* descriptor,
             Kernel kernel, std::size_t scratch_bytes, const Sum& sum) {
    constexpr std::byte kGuard{0xa5};
    const int values = output_height_ * window.output_width * window.output_channels;
    const auto count = static_cast<std::size_t>(values);
    std::vector<std::byte> result(count + 1, kGuard);
    std::vector<std::byte> scratch(scratch_bytes + 1, kGuard);
    std::byte* buffers[] = {reinterpret_cast<std::byte*>(input_.data()), result.data(),
                            scratch.data()};
    const auto split = static_cast<std::uint32_t>(pick(0, output_height_));
    kernel(descriptor, buffers, 0, split);
    kernel(descriptor, buffers, split, static_cast<std::uint32_t>(output_height_) - split);
    EXPECT_EQ(result.back(), kGuard);
    EXPECT_EQ(scratch.back(), kGuard);
    std::size_t at = 0;
    for (int y = 0; y < output_height_; ++y) {
      for (int x = 0; x < window.output_width; ++x) {
        for (int c = 0; c < window.output_channels; ++c, ++at) {
          const std::int8_t wanted = specified(sum(y, x, c), biases_[static_cast<std::size_t>(c)],
                                               scales_[static_cast<std::size_t>(c)], output);
          ASSERT_EQ(static_cast<std::int8_t>(result[at]), wanted)
              << "row " << y << ", column " << x << ", channel " << c;
        }
      }
    }
  }

  void fill(std::vector<std::int8_t>& values, int count) {
    for (int i = 0; i < count; ++i) values.push_back(byte());
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
  bool extreme_ = false;
  int output_height_ = 0;
  std::vector<std::int8_t> input_;
  std::vector<std::int8_t> weights_;
  std::vector<std::int32_t> biases_;
  std::vector<ReferenceScale> scales_;
};

constexpr int kCasesEach = 60;

TEST_P(Layers, DepthwiseConv2dIsExact) {
  for (int i = 0; i < kCasesEach; ++i) {
    SCOPED_TRACE(i);
    input_.clear(), weights_.clear();
    DepthwiseConv2d layer{};
    Window& window = layer.window;
    make_window(window, true);
    layer.multiplier = static_cast<std::uint16_t>(pick(0, 2) == 0 ? pick(2, 3) : 1);
    window.output_channels = static_cast<std::uint16_t>(window.input_channels * layer.multiplier);
    make_output(layer.requantization, window.output_channels);
    fill(input_, window.input_height * window.input_width * window.input_channels);
    fill(weights_, window.kernel_height * window.kernel_width * window.output_channels);
    layer.weights = weights_.data();
    check(window, layer.requantization, &layer, thimble_depthwise_conv2d, window.input_channels,
          [&](int y, int x, int c) {
            std::int32_t sum = 0;
            for (int ky = 0; ky < window.kernel_height; ++ky) {
              for (int kx = 0; kx < window.kernel_width; ++kx) {
                const int place = (ky * window.kernel_width + kx) * window.output_channels + c;
                sum +=
                    weights_[static_cast<std::size_t>(place)] *
                    input_at(window, y * window.stride_y - window.pad_top + ky * window.dilation_y,
                             x * window.stride_x - window.pad_left + kx * window.dilation_x,
                             c / layer.multiplier);
              }
            }
            return sum;
          });
  }
}

TEST_P(Layers, MaxPool2dIsExact) {
  for (int i = 0; i < kCasesEach; ++i) {
    SCOPED_TRACE(i);
    input_.clear();
    MaxPool2d layer{};
    Window& window = layer.window;
    do {
      make_window(window, false);
    } while (window.dilation_y != 1 || window.dilation_x != 1);
    window.output_channels = window.input_channels;
    fill(input_, window.input_height * window.input_width * window.input_channels);
    const int values = output_height_ * window.output_width * window.input_channels;
    const auto count = static_cast<std::size_t>(values);
    std::vector<std::int8_t> result(count + 1, 77);
    std::byte* buffers[] = {reinterpret_cast<std::byte*>(input_.data()),
                            reinterpret_cast<std::byte*>(result.data())};
    const auto split = static_cast<std::uint32_t>(pick(0, output_height_));
    thimble_max_pool2d(&layer, buffers, 0, split);
    thimble_max_pool2d(&layer, buffers, split, static_cast<std::uint32_t>(output_height_) - split);
    EXPECT_EQ(result.back(), 77);
    std::size_t at = 0;
    for (int y = 0; y < output_height_; ++y) {
      for (int x = 0; x < window.output_width; ++x) {
        for (int c = 0; c < window.input_channels; ++c, ++at) {
          int highest = -128;
          for (int in_y = 0; in_y < window.input_height; ++in_y) {
            for (int in_x = 0; in_x < window.input_width; ++in_x) {
              const int dy = in_y + window.pad_top - y * window.stride_y;
              const int dx = in_x + window.pad_left - x * window.stride_x;
              if (dy < 0 || dx < 0 || dy >= window.kernel_height || dx >= window.kernel_width)
                continue;
              highest = std::max(highest, input_at(window, in_y, in_x, c));
            }
          }
          ASSERT_EQ(result[at], highest);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Layers, testing::Range(1, 41));

}  // namespace
}  // namespace thimble::microkernels
