// Max-pool over int8: the window is clipped at the border, so padding is never read.
#include "microkernels/max_pool2d.h"

#include <cstring>

namespace thimble::microkernels {
namespace {

// Raises `output` to what stands in `pixel`, channel by channel.
void raise(std::int8_t* output, const std::int8_t* pixel, int channels) {
  for (int c = 0; c < channels; ++c) {
    if (pixel[c] > output[c]) output[c] = pixel[c];
  }
}

}  // namespace

extern "C" void thimble_max_pool2d(const void* descriptor, std::byte* const* buffers,
                                   std::uint32_t first_row, std::uint32_t rows) {
  const Window& window = static_cast<const MaxPool2d*>(descriptor)->window;
  const auto* input = reinterpret_cast<const std::int8_t*>(buffers[0]);
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]);
  const int channels = window.input_channels;
  output += first_row * window.output_width * window.input_channels;
  for (std::uint32_t row = first_row; row < first_row + rows; ++row) {
    const int top = static_cast<int>(row) * window.stride_y - window.pad_top;
    for (int column = 0; column < window.output_width; ++column, output += channels) {
      const int left = column * window.stride_x - window.pad_left;
      std::memset(output, -128, static_cast<std::size_t>(channels));
      for (int ky = 0; ky < window.kernel_height; ++ky) {
        const int y = top + ky;
        if (y < 0 || y >= window.input_height) continue;
        for (int kx = 0; kx < window.kernel_width; ++kx) {
          const int x = left + kx;
          if (x < 0 || x >= window.input_width) continue;
          raise(output, input + (y * window.input_width + x) * channels, channels);
        }
      }
    }
  }
}

}  // namespace thimble::microkernels
