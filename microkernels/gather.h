// The windows of a convolution, one after the other, each as one line of taps. Internal to
// microkernels.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microkernels/conv2d.h"
#include "microkernels/window.h"

namespace thimble::microkernels {

/// Copies the window of output pixel (row, column) to `patch`, tap after tap, the border filled in.
void gather(const Window& window, const std::int8_t* input, int row, int column,
            std::int8_t* patch);

/// Walks over the output's pixels, row after row.
class WindowReader {
 public:
  /// `buffers` as a convolution gets them.
  WindowReader(const Window& window, std::byte* const* buffers, int first_row)
      : window_(window),
        input_(reinterpret_cast<const std::int8_t*>(buffers[0])),
        in_place_(reads_in_place(window)),
        scratch_(reinterpret_cast<std::int8_t*>(buffers[2])),
        pitch_((window.kernel_height * window.kernel_width * window.input_channels + 3) / 4 * 4),
        step_(window.stride_x * window.input_channels),
        line_(input_ + first_row * window.stride_y * window.input_width * window.input_channels),
        row_(first_row) {}

  /// The next window's taps: where they are in the input, or gathered into place `slot` of the
  /// scratch.
  const std::int8_t* next(int slot) {
    const std::int8_t* patch = line_ + column_ * step_;
    if (!in_place_) {
      std::int8_t* gathered = scratch_ + slot * pitch_;
      gather(window_, input_, row_, column_, gathered);
      patch = gathered;
    }
    if (++column_ == window_.output_width) {
      column_ = 0;
      ++row_;
      line_ += window_.stride_y * window_.input_width * window_.input_channels;
    }
    return patch;
  }

 private:
  const Window& window_;
  const std::int8_t* input_;
  bool in_place_;
  std::int8_t* scratch_;
  int pitch_;
  int step_;
  const std::int8_t* line_;  // of input, where the row's first window begins
  int row_;
  int column_ = 0;
};

}  // namespace thimble::microkernels
