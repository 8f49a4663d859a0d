// Convolution around tiles of eight windows, which are packed segment by segment of their taps. The
// border is filled in on the way, so that padding and every window shape look alike to the tile.
#include "microkernels/conv2d.h"

#include <algorithm>

namespace thimble::microkernels {
namespace {

// Windows are the input's pixels, one after the other.
bool is_pixel_by_pixel(const Window& window) {
  return window.kernel_height == 1 && window.kernel_width == 1 && window.stride_y == 1 &&
         window.stride_x == 1 && window.pad_top == 0 && window.pad_left == 0 &&
         window.input_height == window.output_height && window.input_width == window.output_width;
}

// Where the windows of a tile begin in the input, and how far their taps are packed.
class TileWindows {
 public:
  TileWindows(const Window& window, const std::int8_t* input, int first_row)
      : window_(window),
        depth_(window.input_channels),
        line_(window.kernel_width * window.input_channels),
        pitch_(window.input_width * window.input_channels),
        step_(window.stride_x * window.input_channels),
        input_(input),
        dilation_x_(window.kernel_width == 1 ? 1 : window.dilation_x),
        input_width_(window.input_width),
        output_width_(window.output_width),
        row_(first_row) {
    if (!is_pixel_by_pixel(window)) return;
    // All rows are one.
    column_ = row_ * output_width_;
    row_ = 0;
    output_width_ *= window.output_height;
    input_width_ = output_width_;
  }

  // The next `count` windows; the last stands for those that are missing.
  void next(int count) {
    kernel_row_ = 0;
    tap_ = 0;
    if (count == kTilePixels && next_inside()) return;
    outside_ = 0;
    is_inside_ = true;
    for (int p = 0; p < kTilePixels; ++p) {
      top_[p] = row_ * window_.stride_y - window_.pad_top;
      left_[p] = column_ * window_.stride_x - window_.pad_left;
      pixels_[p] = input_ + top_[p] * pitch_ + left_[p] * depth_;
      if (!is_line(p)) ++outside_;
      const int bottom = top_[p] + (window_.kernel_height - 1) * window_.dilation_y;
      if (top_[p] < 0 || bottom >= window_.input_height) is_inside_ = false;
      if (p + 1 < count || count == kTilePixels) advance();
    }
    if (count < kTilePixels) advance();
    if (outside_ > 0) is_inside_ = false;
  }

  void pack(int count, std::uint32_t* words) {
    while (count > 0) {
      int taps = std::min(count, line_ - tap_);
      if (outside_ > 0) taps = std::min(taps, kGathered / outside_);
      const int step = tap_ + taps == line_ ? window_.dilation_y * pitch_ - line_ : 0;
      if (is_inside_) {
        thimble_pack_words(pixels_, words, taps, step);
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
  }

 private:
  // Most tiles lie inside, in one row.
  bool next_inside() {
    const int end = column_ + kTilePixels;
    const int top = row_ * window_.stride_y - window_.pad_top;
    const int left = column_ * window_.stride_x - window_.pad_left;
    const int right = left + (kTilePixels - 1) * window_.stride_x + window_.kernel_width;
    if (end > output_width_ || left < 0 || right > input_width_ || top < 0 ||
        top + (window_.kernel_height - 1) * window_.dilation_y >= window_.input_height ||
        dilation_x_ != 1)
      return false;
    const std::int8_t* pixel = input_ + top * pitch_ + left * depth_;
    for (const std::int8_t*& place : pixels_) {
      place = pixel;
      pixel += step_;
    }
    column_ = end;
    if (end == output_width_) {
      column_ = 0;
      ++row_;
    }
    outside_ = 0;
    is_inside_ = true;
    return true;
  }

  static constexpr int kGathered = 2 * kSegmentTaps;

  // Whether a row of a window's taps lies in the input one after the other.
  [[nodiscard]] bool is_line(int p) const {
    return dilation_x_ == 1 && left_[p] >= 0 && left_[p] + window_.kernel_width <= input_width_;
  }

  void advance() {
    if (++column_ < output_width_) return;
    column_ = 0;
    ++row_;
  }

  // Some taps of a kernel's row. Of the windows that do not have them one after the other in the
  // input they are gathered first.
  void pack_border(int taps, std::uint32_t* words) {
    std::int8_t border[kSegmentTaps];
    std::int8_t gathered[kGathered];
    const std::int8_t* pixels[kTilePixels];
    std::int8_t* patch = gathered;
    std::fill_n(border, taps, window_.input_zero_point);
    for (int p = 0; p < kTilePixels; ++p) {
      const int y = top_[p] + kernel_row_ * window_.dilation_y;
      if (y < 0 || y >= window_.input_height) {
        pixels[p] = border;
      } else if (is_line(p)) {
        pixels[p] = input_ + y * pitch_ + left_[p] * depth_ + tap_;
      } else {
        pixels[p] = patch;
        gather(input_ + y * pitch_, left_[p], taps, patch);
        patch += taps;
      }
    }
    thimble_pack_words(pixels, words, taps, 0);
  }

  void gather(const std::int8_t* row, int left, int taps, std::int8_t* patch) const {
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

// What all tiles have in common.
PackedTile common(const Conv2d& layer) {
  const Requantization& requantization = layer.requantization;
  PackedTile tile;
  tile.pitch = layer.window.output_channels;
  tile.scale_step = requantization.per_channel ? sizeof(std::uint32_t) : 0;
  tile.twice_zero_point = 2 * requantization.zero_point + 1;
  tile.lowest = requantization.lowest;
  tile.highest = requantization.highest;
  tile.double_round = requantization.double_round ? 1 : 0;
  tile.symmetric = requantization.form == RequantizationForm::kSymmetric ? 1 : 0;
  return tile;
}

}  // namespace

extern "C" void thimble_conv2d_packed(const void* descriptor, std::byte* const* buffers,
                                      std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Conv2d*>(descriptor);
  const Window& window = layer.window;
  const int taps = window.kernel_height * window.kernel_width * window.input_channels;
  const ChannelGroups groups = channel_groups(window.output_channels);
  auto* const sums =
      taps > layer.segment_taps ? reinterpret_cast<std::int32_t*>(buffers[2]) : nullptr;
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]) +
                 static_cast<int>(first_row) * window.output_width * window.output_channels;
  std::uint32_t words[kSegmentTaps * kTileWords];
  PackedTile tile = common(layer);
  TileWindows windows(window, reinterpret_cast<const std::int8_t*>(buffers[0]),
                      static_cast<int>(first_row));
  tile.words = words;
  for (int left = static_cast<int>(rows) * window.output_width; left > 0; left -= kTilePixels) {
    const int pixels = std::min(left, kTilePixels);
    windows.next(pixels);
    tile.output = output;
    tile.windows = pixels == kTilePixels ? 0 : pixels;
    output += pixels * window.output_channels;
    tile.weights = static_cast<const std::int8_t*>(layer.weights);
    tile.biases = static_cast<const std::int32_t*>(layer.requantization.biases);
    tile.scales = static_cast<const std::uint32_t*>(layer.requantization.scales);
    for (int first = 0; first < taps; first += layer.segment_taps) {
      const int count = std::min<int>(layer.segment_taps, taps - first);
      windows.pack(count, words);
      std::uint32_t* end = words + kTileWords * count;
      for (int tap = count; tap % kUnrolledTaps != 0; ++tap) {
        for (int w = 0; w < kTileWords; ++w) *end++ = 0;  // times weights that are zero, too
      }
      tile.words_end = end;
      tile.groups = groups;
      tile.channels = window.output_channels;
      tile.sums = sums;
      tile.is_first = first == 0 ? 1 : 0;
      tile.is_last = first + count == taps ? 1 : 0;
      thimble_packed_tile(&tile);
    }
  }
}

}  // namespace thimble::microkernels
