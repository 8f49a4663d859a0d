// Convolution, plainly, from the definition. It also serves the layers that no faster form computes
// exactly.
#include "microkernels/conv2d.h"

namespace thimble::microkernels {
namespace {

std::int32_t sum(const Window& window, const std::int8_t* input, const std::int8_t* weights,
                 int row, int column) {
  std::int32_t total = 0;
  for (int ky = 0; ky < window.kernel_height; ++ky) {
    const int y = row * window.stride_y - window.pad_top + ky * window.dilation_y;
    for (int kx = 0; kx < window.kernel_width; ++kx) {
      const int x = column * window.stride_x - window.pad_left + kx * window.dilation_x;
      const bool inside = y >= 0 && y < window.input_height && x >= 0 && x < window.input_width;
      for (int c = 0; c < window.input_channels; ++c) {
        const int value = inside ? input[(y * window.input_width + x) * window.input_channels + c]
                                 : window.input_zero_point;
        total += value * *weights++;
      }
    }
  }
  return total;
}

// One channel of weights and scales to one channel of the output, over some rows.
void compute_channel(const Conv2d& layer, int channel, std::byte* const* buffers, int first_row,
                     int rows, int output_channel) {
  const Window& window = layer.window;
  const auto* input = reinterpret_cast<const std::int8_t*>(buffers[0]);
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]);
  const int taps = window.kernel_height * window.kernel_width * window.input_channels;
  const Requantizer requantize(layer.requantization, channel);
  const std::int8_t* weights = static_cast<const std::int8_t*>(layer.weights) + channel * taps;
  for (int row = first_row; row < first_row + rows; ++row) {
    for (int column = 0; column < window.output_width; ++column) {
      const int pixel = row * window.output_width + column;
      output[pixel * window.output_channels + output_channel] =
          requantize(sum(window, input, weights, row, column));
    }
  }
}

void compute_exceptions(const Conv2dWithExceptions& layer, std::byte* const* buffers,
                        std::uint32_t first_row, std::uint32_t rows) {
  for (int i = 0; i < layer.count; ++i) {
    compute_channel(layer.exceptions, i, buffers, static_cast<int>(first_row),
                    static_cast<int>(rows), static_cast<const std::uint16_t*>(layer.channels)[i]);
  }
}

}  // namespace

extern "C" void thimble_conv2d_reference(const void* descriptor, std::byte* const* buffers,
                                         std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Conv2d*>(descriptor);
  for (int channel = 0; channel < layer.window.output_channels; ++channel) {
    compute_channel(layer, channel, buffers, static_cast<int>(first_row), static_cast<int>(rows),
                    channel);
  }
}

extern "C" void thimble_conv2d_packed_with_exceptions(const void* descriptor,
                                                      std::byte* const* buffers,
                                                      std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Conv2dWithExceptions*>(descriptor);
  thimble_conv2d_packed(&layer.most, buffers, first_row, rows);
  compute_exceptions(layer, buffers, first_row, rows);
}

extern "C" void thimble_conv2d_line_with_exceptions(const void* descriptor,
                                                    std::byte* const* buffers,
                                                    std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Conv2dWithExceptions*>(descriptor);
  thimble_conv2d_line(&layer.most, buffers, first_row, rows);
  compute_exceptions(layer, buffers, first_row, rows);
}

}  // namespace thimble::microkernels
