// Depthwise convolution for cores with a multiplier and no SIMD: four channels of a pixel at a
// time. Taps beyond the border read a row of zero points, so that the inner loop knows no border.
#include "microkernels/depthwise_conv2d.h"

#include <cstring>

namespace thimble::microkernels {
namespace {

constexpr int kChannels = 4;

// One output pixel of kCount channels from `channel` on, all of them with neighbouring inputs.
template <int kCount>
void pixel(const DepthwiseConv2d& layer, const std::int8_t* input, const std::int8_t* border,
           int top, int left, int channel, std::int8_t* output) {
  const Window& window = layer.window;
  const int input_channel = channel / layer.multiplier;
  const std::int8_t* weights = static_cast<const std::int8_t*>(layer.weights) + channel;
  std::int32_t sums[kCount] = {};
  for (int ky = 0; ky < window.kernel_height; ++ky) {
    const int y = top + ky * window.dilation_y;
    const bool row_inside = y >= 0 && y < window.input_height;
    for (int kx = 0; kx < window.kernel_width; ++kx) {
      const int x = left + kx * window.dilation_x;
      const std::int8_t* taps = row_inside && x >= 0 && x < window.input_width
                                    ? input + (y * window.input_width + x) * window.input_channels
                                    : border;
      taps += input_channel;
#pragma clang loop unroll(full)
      for (int c = 0; c < kCount; ++c) sums[c] += taps[c] * weights[c];
      weights += window.output_channels;
    }
  }
  for (int c = 0; c < kCount; ++c) {
    output[channel + c] = Requantizer(layer.requantization, channel + c)(sums[c]);
  }
}

}  // namespace

extern "C" void thimble_depthwise_conv2d(const void* descriptor, std::byte* const* buffers,
                                         std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const DepthwiseConv2d*>(descriptor);
  const Window& window = layer.window;
  const auto* input = reinterpret_cast<const std::int8_t*>(buffers[0]);
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]);
  auto* border = reinterpret_cast<std::int8_t*>(buffers[2]);
  std::memset(border, window.input_zero_point, window.input_channels);
  output += first_row * window.output_width * window.output_channels;
  for (std::uint32_t row = first_row; row < first_row + rows; ++row) {
    const int top = static_cast<int>(row) * window.stride_y - window.pad_top;
    for (int column = 0; column < window.output_width; ++column) {
      const int left = column * window.stride_x - window.pad_left;
      int channel = 0;
      if (layer.multiplier == 1) {
        for (; channel + kChannels <= window.output_channels; channel += kChannels) {
          pixel<kChannels>(layer, input, border, top, left, channel, output);
        }
      }
      for (; channel < window.output_channels; ++channel) {
        pixel<1>(layer, input, border, top, left, channel, output);
      }
      output += window.output_channels;
    }
  }
}

}  // namespace thimble::microkernels
