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
  /// `buffers` as a convolution gets them. `in_place`: windows that lie inside the input are read
  /// there, row by row.
  WindowReader(const Window& window, std::byte* const* buffers, int first_row, bool in_place);

  /// The next windows, at most kUnpackedPixels. True if they are where they are in the input; else
  /// each was gathered into one line of taps.
  bool next(int count, const std::int8_t** pixels);

 private:
  struct Position {
    int row;
    int column;
    const std::int8_t* line;  // of input, where the row's first window begins
  };
  [[nodiscard]] bool is_inside() const;
  void advance();

  const Window& window_;
  const std::int8_t* input_;
  std::int8_t* scratch_;
  bool in_place_;
  int pitch_;
  int step_;
  Position here_;
};

}  // namespace thimble::microkernels
