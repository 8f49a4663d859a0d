// See gather.h.
#include "microkernels/gather.h"

#include <cstring>

namespace thimble::microkernels {

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

}  // namespace thimble::microkernels
