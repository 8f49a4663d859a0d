// Convolution for cores with a multiplier and no SIMD. The windows of three neighbouring pixels lie
// one after the other, gathered with the border filled in, so that padding and every window shape
// look alike to the inner loop: 3 pixels times 4 channels, which needs 7 loads for 12 products and
// keeps all sums in registers. Windows of one pixel need no gathering.
#include "microkernels/conv2d.h"

#include <cstring>

namespace thimble::microkernels {
namespace {

// Copies the window of output pixel (row, column) to `patch`, tap after tap.
void gather(const Window& window, const std::int8_t* input, int row, int column,
            std::int8_t* patch) {
  const int top = row * window.stride_y - window.pad_top;
  const int left = column * window.stride_x - window.pad_left;
  const int depth = window.input_channels;
  for (int ky = 0; ky < window.kernel_height; ++ky) {
    const int y = top + ky * window.dilation_y;
    const bool row_inside = y >= 0 && y < window.input_height;
    const std::int8_t* line = input + y * window.input_width * depth;
    if (row_inside && window.dilation_x == 1 && left >= 0 &&
        left + window.kernel_width <= window.input_width) {
      std::memcpy(patch, line + left * depth,
                  static_cast<std::size_t>(window.kernel_width * depth));
      patch += window.kernel_width * depth;
      continue;
    }
    for (int kx = 0; kx < window.kernel_width; ++kx, patch += depth) {
      const int x = left + kx * window.dilation_x;
      if (row_inside && x >= 0 && x < window.input_width) {
        std::memcpy(patch, line + x * depth, static_cast<std::size_t>(depth));
      } else {
        std::memset(patch, window.input_zero_point, static_cast<std::size_t>(depth));
      }
    }
  }
}

// Sums of products for kPixels windows, `pitch` bytes apart, and one group of channels.
template <int kPixels>
void multiply(const std::int8_t* patch, int pitch, const std::int8_t* weights,
              const std::int8_t* weights_end, std::int32_t (&sums)[kPixels][kChannelGroup]) {
  std::int32_t sum[kPixels][kChannelGroup] = {};
  const std::int8_t* pixels[kPixels];
  for (int p = 0; p < kPixels; ++p) pixels[p] = patch + p * pitch;
#pragma clang loop unroll(disable)
  for (; weights != weights_end; weights += kChannelGroup) {
    const std::int32_t w0 = weights[0];
    const std::int32_t w1 = weights[1];
    const std::int32_t w2 = weights[2];
    const std::int32_t w3 = weights[3];
#pragma clang loop unroll(full)
    for (int p = 0; p < kPixels; ++p) {
      const std::int32_t x = *pixels[p]++;
      sum[p][0] += x * w0;
      sum[p][1] += x * w1;
      sum[p][2] += x * w2;
      sum[p][3] += x * w3;
    }
  }
  for (int p = 0; p < kPixels; ++p) {
    for (int c = 0; c < kChannelGroup; ++c) sums[p][c] = sum[p][c];
  }
}

template <int kPixels>
void tile(const Conv2d& layer, const std::int8_t* patch, int pitch, std::int8_t* output) {
  const Window& window = layer.window;
  const int taps = window.kernel_height * window.kernel_width * window.input_channels;
  const int channels = window.output_channels;
  const auto* weights = static_cast<const std::int8_t*>(layer.weights);
  for (int first = 0; first < channels; first += kChannelGroup) {
    std::int32_t sums[kPixels][kChannelGroup];
    const std::int8_t* const end = weights + taps * kChannelGroup;
    multiply<kPixels>(patch, pitch, weights, end, sums);
    weights = end;
    for (int c = 0; c < kChannelGroup && first + c < channels; ++c) {
      const Requantizer requantizer(layer.requantization, first + c);
      for (int p = 0; p < kPixels; ++p) {
        output[p * channels + first + c] = requantizer(sums[p][c]);
      }
    }
  }
}

}  // namespace

extern "C" void thimble_conv2d(const void* descriptor, std::byte* const* buffers,
                               std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Conv2d*>(descriptor);
  const Window& window = layer.window;
  const auto* input = reinterpret_cast<const std::int8_t*>(buffers[0]);
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]);
  auto* scratch = reinterpret_cast<std::int8_t*>(buffers[2]);
  const bool direct = reads_in_place(window);
  const int taps = window.kernel_height * window.kernel_width * window.input_channels;
  const int pitch = direct ? window.stride_x * window.input_channels : taps;
  output += first_row * window.output_width * window.output_channels;
  for (std::uint32_t r = first_row; r < first_row + rows; ++r) {
    const int row = static_cast<int>(r);
    const std::int8_t* line =
        input + row * window.stride_y * window.input_width * window.input_channels;
    for (int column = 0; column < window.output_width;) {
      const int left = window.output_width - column;
      const int pixels = left < kPixelTile ? left : kPixelTile;
      const std::int8_t* patch = line + column * pitch;
      if (!direct) {
        for (int p = 0; p < pixels; ++p)
          gather(window, input, row, column + p, scratch + p * pitch);
        patch = scratch;
      }
      if (pixels == kPixelTile) {
        tile<kPixelTile>(layer, patch, pitch, output);
      } else if (pixels == 2) {
        tile<2>(layer, patch, pitch, output);
      } else {
        tile<1>(layer, patch, pitch, output);
      }
      column += pixels;
      output += pixels * window.output_channels;
    }
  }
}

}  // namespace thimble::microkernels
