// See tile_windows.h.
#include "microkernels/tile_windows.h"

#include <algorithm>

namespace thimble::microkernels {
namespace {

// Windows are the input's pixels, one after the other.
bool is_pixel_by_pixel(const Window& window) {
  return window.kernel_height == 1 && window.kernel_width == 1 && window.stride_y == 1 &&
         window.stride_x == 1 && window.pad_top == 0 && window.pad_left == 0 &&
         window.input_height == window.output_height && window.input_width == window.output_width;
}

}  // namespace

TileWindows::TileWindows(const Window& window, const std::int8_t* input, int first_row)
    : window_(window),
      depth_(window.input_channels),
      line_(window.kernel_width * window.input_channels),
      pitch_(window.input_width * window.input_channels),
      step_(window.stride_x * window.input_channels),
      line_step_(window.dilation_y * pitch_ - line_),
      input_(input),
      dilation_x_(window.kernel_width == 1 ? 1 : window.dilation_x),
      input_width_(window.input_width),
      output_width_(window.output_width),
      row_(first_row) {
  if (is_pixel_by_pixel(window)) {
    // All rows are one.
    column_ = row_ * output_width_;
    row_ = 0;
    output_width_ *= window.output_height;
    input_width_ = output_width_;
  }
  const int rest = input_width_ + window.pad_left - window.kernel_width;
  if (dilation_x_ == 1 && rest >= 0) {
    first_near_ = (window.pad_left + window.stride_x - 1) / window.stride_x;
    end_near_ = std::min(rest / window.stride_x + 1, output_width_);
  }
  find_place();
}

// What lies at the column and row.
void TileWindows::find_place() {
  const int top = row_ * window_.stride_y - window_.pad_top;
  const bool is_inside =
      top >= 0 && top + (window_.kernel_height - 1) * window_.dilation_y < window_.input_height;
  near_left_ = is_inside && column_ >= first_near_ ? end_near_ - column_ : 0;
  pixel_ = input_ + top * pitch_ + (column_ * window_.stride_x - window_.pad_left) * depth_;
}

void TileWindows::next_far(int count) {
  outside_ = 0;
  not_lines_ = 0;
  is_inside_ = true;
  for (int p = 0; p < kTilePixels; ++p) {
    top_[p] = row_ * window_.stride_y - window_.pad_top;
    left_[p] = column_ * window_.stride_x - window_.pad_left;
    pixels_[p] = input_ + top_[p] * pitch_ + left_[p] * depth_;
    if (!is_line(left_[p])) {
      ++outside_;
      not_lines_ |= 1U << p;
    }
    const int bottom = top_[p] + (window_.kernel_height - 1) * window_.dilation_y;
    if (top_[p] < 0 || bottom >= window_.input_height) is_inside_ = false;
    if (p + 1 < count || count == kTilePixels) advance();
  }
  if (count < kTilePixels) advance();
  if (outside_ > 0) is_inside_ = false;
  find_place();
}

std::uint32_t* TileWindows::pack(int count, std::uint32_t* words) {
  const int padding = -count & (kUnrolledTaps - 1);
  while (count > 0) {
    int taps = std::min(count, line_ - tap_);
    if (!is_near_ && outside_ > 0) taps = std::min(taps, kGathered / (outside_ + 1));
    if (is_near_) {
      thimble_pack_lines(near_ + kernel_row_ * (line_ + line_step_) + tap_, words, taps, step_, 1,
                         0);
    } else if (is_inside_) {
      thimble_pack_words(pixels_, words, taps, tap_ + taps == line_ ? line_step_ : 0);
    } else {
      pack_border(taps, words);
    }
    tap_ += taps;
    if (tap_ == line_) {
      tap_ = 0;
      ++kernel_row_;
    }
    words += kTileWords * taps;
    count -= taps;
  }
  std::uint32_t* const end = words + padding * kTileWords;
  std::fill(words, end, 0U);  // times weights that are zero, too
  return end;
}

void TileWindows::advance() {
  if (++column_ < output_width_) return;
  column_ = 0;
  ++row_;
}

// Some taps of a kernel's row. Of the windows that do not have them one after the other in the
// input they are gathered first; those of rows beyond it are all the same.
void TileWindows::pack_border(int taps, std::uint32_t* words) {
  std::int8_t gathered[kGathered];
  const std::int8_t* border = nullptr;
  const std::int8_t* pixels[kTilePixels];
  std::int8_t* patch = gathered;
  const int below = kernel_row_ * window_.dilation_y;
  const int ahead = kernel_row_ * (line_ + line_step_) + tap_;
  std::uint32_t not_lines = not_lines_;
  for (int p = 0; p < kTilePixels; ++p, not_lines >>= 1) {
    const int y = top_[p] + below;
    pixels[p] = pixels_[p] + ahead;
    if (y < 0 || y >= window_.input_height) {
      if (border == nullptr) {
        border = patch;
        patch = std::fill_n(patch, taps, window_.input_zero_point);
      }
      pixels[p] = border;
    } else if (not_lines % 2 != 0) {
      pixels[p] = patch;
      gather(input_ + y * pitch_, left_[p], taps, patch);
      patch += taps;
    }
  }
  thimble_pack_words(pixels, words, taps, 0);
}

void TileWindows::gather(const std::int8_t* row, int left, int taps, std::int8_t* patch) const {
  if (dilation_x_ == 1) {
    const int begin = left * depth_ + tap_;
    const int before = std::clamp(-begin, 0, taps);
    const int inside = std::clamp(input_width_ * depth_ - begin, before, taps) - before;
    patch = std::fill_n(patch, before, window_.input_zero_point);
    patch = std::copy_n(row + begin + before, inside, patch);
    std::fill_n(patch, taps - before - inside, window_.input_zero_point);
    return;
  }
  int channel = tap_ % depth_;
  int x = left + tap_ / depth_ * dilation_x_;
  for (const std::int8_t* const end = patch + taps; patch != end; x += dilation_x_) {
    const auto count = std::min<std::ptrdiff_t>(depth_ - channel, end - patch);
    if (x >= 0 && x < input_width_) {
      std::copy_n(row + x * depth_ + channel, count, patch);
    } else {
      std::fill_n(patch, count, window_.input_zero_point);
    }
    patch += count;
    channel = 0;
  }
}

}  // namespace thimble::microkernels
