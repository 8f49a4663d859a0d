// Depthwise convolution of any shape: row by row of each channel. A row of input is copied to a
// line whose border holds the zero point; then the taps of a kernel row, up to five in registers,
// are added to the sums of the whole row of output.
#include "microkernels/depthwise_conv2d.h"

#include <cstring>

namespace thimble::microkernels {
namespace {

// Adds kTaps neighbouring taps to `count` sums whose windows lie `stride` apart.
template <int kTaps>
void add_taps(const std::int8_t* line, int stride, const std::int8_t* weights, std::int32_t* sums,
              int count) {
  std::int32_t w[kTaps];
  for (int tap = 0; tap < kTaps; ++tap) w[tap] = weights[tap];
  const std::int32_t* const end = sums + count;
  for (; sums != end; ++sums, line += stride) {
    std::int32_t sum = *sums;
#pragma clang loop unroll(full)
    for (int tap = 0; tap < kTaps; ++tap) sum += line[tap] * w[tap];
    *sums = sum;
  }
}

void add_kernel_row(const Window& window, const std::int8_t* line, const std::int8_t* weights,
                    std::int32_t* sums) {
  const int stride = window.stride_x;
  const int count = window.output_width;
  for (int left = window.kernel_width; left > 0;) {
    int taps = 1;
    if (window.dilation_x == 1 && left >= 5) {
      taps = 5;
      add_taps<5>(line, stride, weights, sums, count);
    } else if (window.dilation_x == 1 && left >= 3) {
      taps = 3;
      add_taps<3>(line, stride, weights, sums, count);
    } else {
      add_taps<1>(line, stride, weights, sums, count);
    }
    line += taps * window.dilation_x;
    weights += taps;
    left -= taps;
  }
}

// One channel of a row of the input, its border already there.
void copy_row(const Window& window, const std::int8_t* row, std::int8_t* line) {
  const int inside = depthwise_line_bytes(window) - window.pad_left;
  const int count = window.input_width < inside ? window.input_width : inside;
  line += window.pad_left;
  const std::int8_t* const end = line + (count < 0 ? 0 : count);
  const int step = window.input_channels;
  for (; line != end; row += step) *line++ = *row;
}

// One channel of a row of the output, before requantization.
void sum_row(const Window& window, const std::int8_t* channel, const std::int8_t* weights, int row,
             std::int8_t* line, std::int32_t* sums) {
  std::memset(sums, 0, window.output_width * sizeof *sums);
  int y = row * window.stride_y - window.pad_top;
  std::int32_t outside = 0;
  for (int ky = 0; ky < window.kernel_height; ++ky, y += window.dilation_y) {
    if (y >= 0 && y < window.input_height) {
      copy_row(window, channel + y * window.input_width * window.input_channels, line);
      add_kernel_row(window, line, weights, sums);
      weights += window.kernel_width;
    } else {
      for (int kx = 0; kx < window.kernel_width; ++kx) outside += *weights++;
    }
  }
  outside *= window.input_zero_point;
  for (int x = 0; x < window.output_width; ++x) sums[x] += outside;
}

}  // namespace

extern "C" void thimble_depthwise_conv2d(const void* descriptor, std::byte* const* buffers,
                                         std::uint32_t first_row, std::uint32_t rows) {
  // A copy of its own: outputs are bytes, which might be anything of the descriptor's.
  const DepthwiseConv2d layer = *static_cast<const DepthwiseConv2d*>(descriptor);
  const Window& window = layer.window;
  const auto* input = reinterpret_cast<const std::int8_t*>(buffers[0]);
  const auto* weights = static_cast<const std::int8_t*>(layer.weights);
  auto* sums = reinterpret_cast<std::int32_t*>(buffers[2]);
  const std::int32_t* const end = sums + window.output_width;
  auto* line = reinterpret_cast<std::int8_t*>(sums + window.output_width);
  std::memset(line, window.input_zero_point,
              static_cast<std::size_t>(depthwise_line_bytes(window)));
  for (int channel = 0; channel < window.output_channels; ++channel) {
    const Requantizer requantize(layer.requantization, channel);
    const std::int8_t* channel_input = input + channel / layer.multiplier;
    auto* output = reinterpret_cast<std::int8_t*>(buffers[1]) + channel +
                   first_row * window.output_width * window.output_channels;
    for (std::uint32_t row = first_row; row < first_row + rows; ++row) {
      sum_row(window, channel_input, weights, static_cast<int>(row), line, sums);
      for (const std::int32_t* sum = sums; sum != end; ++sum, output += window.output_channels)
        *output = requantize(*sum);
    }
    weights += window.kernel_height * window.kernel_width;
  }
}

}  // namespace thimble::microkernels
