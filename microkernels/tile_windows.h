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
  void next(int count) {
    kernel_row_ = 0;
    tap_ = 0;
    is_near_ = count == kTilePixels && near_left_ >= kTilePixels;
    if (is_near_) {
      next_near();
    } else {
      next_far(count);
    }
  }

  /// All their taps, which are at most kSegmentTaps. Padding is up to the caller.
  void pack_all(std::uint32_t* words) {
    if (is_near_) {
      thimble_pack_lines(near_, words, line_, step_, window_.kernel_height, line_step_);
    } else {
      pack(window_.kernel_height * line_, words);
    }
  }

  /// Their next `count` taps, at most kSegmentTaps. Returns the end of the words, which is padded
  /// with zeros to a multiple of kUnrolledTaps.
  std::uint32_t* pack(int count, std::uint32_t* words);

 private:
  static constexpr int kGathered = 2 * kSegmentTaps;

  // Most tiles lie inside, in one row.
  void next_near() {
    near_ = pixel_;
    pixel_ += kTilePixels * step_;
    near_left_ -= kTilePixels;
    column_ += kTilePixels;
    if (column_ < output_width_) return;
    column_ = 0;
    ++row_;
    find_place();
  }
  void next_far(int count);
  void find_place();
  // Whether rows of a window's taps lie in the input one tap after the other.
  [[nodiscard]] bool is_line(int left) const {
    return dilation_x_ == 1 && left >= 0 && left + window_.kernel_width <= input_width_;
  }
  void advance();
  void pack_border(int taps, std::uint32_t* words);
  void gather(const std::int8_t* row, int left, int taps, std::int8_t* patch) const;

  const Window& window_;
  const int depth_;
  const int line_;
  const int pitch_;
  const int step_;       // from one window to the next
  const int line_step_;  // from the end of a kernel row's taps to the next one's
  const std::int8_t* const input_;
  const int dilation_x_;
  int input_width_;
  int output_width_;
  int row_;
  int column_ = 0;
  int first_near_ = 0;  // columns whose windows lie inside, as far as columns go
  int end_near_ = 0;
  int near_left_ = 0;  // such columns from here on, in rows that lie inside
  const std::int8_t* pixel_ = nullptr;
  const std::int8_t* near_ = nullptr;  // a tile's first window
  bool is_near_ = false;
  // Of other tiles.
  const std::int8_t* pixels_[kTilePixels];  // where packing goes on, if all is inside
  int top_[kTilePixels];
  int left_[kTilePixels];
  int outside_ = 0;              // windows whose rows are no lines
  std::uint32_t not_lines_ = 0;  // which ones: a bit each
  bool is_inside_ = false;
  int kernel_row_ = 0;
  int tap_ = 0;  // in the kernel's row
};

}  // namespace thimble::microkernels
