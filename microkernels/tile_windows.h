// Where the windows of a convolution's tiles lie in the input, and the packing of their taps. The
// border is filled in on the way, so that padding and every window shape look alike to the tile.
// Internal to microkernels.
#pragma once

#include <cstdint>

#include "microkernels/tile.h"
#include "microkernels/window.h"

namespace thimble::microkernels {

/// Walks over the output's pixels, row after row, kTilePixels at a time.
class TileWindows {
 public:
  TileWindows(const Window& window, const std::int8_t* input, int first_row);

  /// The next `count` windows; the last stands for those that are missing.
  void next(int count);

  /// Their next `count` taps, at most kSegmentTaps. Returns the end of the words, which is padded
  /// with zeros to a multiple of kUnrolledTaps.
  std::uint32_t* pack(int count, std::uint32_t* words);

 private:
  static constexpr int kGathered = 2 * kSegmentTaps;

  bool next_inside();
  // Whether a row of a window's taps lies in the input one after the other.
  [[nodiscard]] bool is_line(int p) const {
    return dilation_x_ == 1 && left_[p] >= 0 && left_[p] + window_.kernel_width <= input_width_;
  }
  void advance();
  void pack_border(int taps, std::uint32_t* words);
  void gather(const std::int8_t* row, int left, int taps, std::int8_t* patch) const;

  const Window& window_;
  const int depth_;
  const int line_;
  const int pitch_;
  const int step_;
  const std::int8_t* const input_;
  const int dilation_x_;
  int input_width_;
  int output_width_;
  int row_;
  int column_ = 0;
  const std::int8_t* pixels_[kTilePixels];  // where packing goes on, if all is inside
  int top_[kTilePixels];
  int left_[kTilePixels];
  int outside_ = 0;  // windows that are no lines
  bool is_inside_ = false;
  int kernel_row_ = 0;
  int tap_ = 0;  // in the kernel's row
};

}  // namespace thimble::microkernels
