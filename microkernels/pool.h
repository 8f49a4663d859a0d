// What pools and means share: walking over the output, clipping each window at the border, and
// folding its pixels, a few channels at a time so that they stay in registers. Internal to
// microkernels.
//
// A Fold has kFirst, what it begins with; next(folded, value); and result(folded, how many).
#pragma once

#include <cstddef>
#include <cstdint>

#include "microkernels/window.h"

namespace thimble::microkernels {

/// What of a window lies inside the input, in one dimension.
struct Span {
  int first;
  int count;
};
constexpr Span clip(int first, int count, int extent) {
  const int begin = first < 0 ? 0 : first;
  const int end = first + count < extent ? first + count : extent;
  return {begin, end - begin};
}

/// Pixels of the input: `columns` in each of `rows`, `channels` bytes from one to the next.
struct Pixels {
  const std::int8_t* first;
  int rows;
  int columns;
  int channels;
  int pitch;  ///< bytes from one row to the next
};

/// The result of `kChannels` neighbouring channels over all pixels.
template <int kChannels, typename Fold>
void fold_channels(const Pixels& pixels, const Fold& fold, std::int8_t* output) {
  std::int32_t folded[kChannels];
  for (std::int32_t& value : folded) value = Fold::kFirst;
  const std::int8_t* line = pixels.first;
  for (int row = pixels.rows; row > 0; --row, line += pixels.pitch) {
    const std::int8_t* pixel = line;
#pragma clang loop unroll(disable)
    for (int column = pixels.columns; column > 0; --column, pixel += pixels.channels) {
      for (int c = 0; c < kChannels; ++c) folded[c] = Fold::next(folded[c], pixel[c]);
    }
  }
  std::int32_t stored[kChannels];  // so that only this one must have an address
  for (int c = 0; c < kChannels; ++c) stored[c] = folded[c];
#pragma clang loop unroll(disable)
  for (int c = 0; c < kChannels; ++c)
    output[c] = fold.result(stored[c], pixels.rows * pixels.columns);
}

/// The results of all channels, `kTogether` at a time. Returns the place behind them.
template <int kTogether, typename Fold>
std::int8_t* fold_pixels(Pixels pixels, const Fold& fold, std::int8_t* output) {
  const std::int8_t* const end = output + pixels.channels;
  if constexpr (kTogether > 1) {
    for (; end - output >= kTogether; output += kTogether, pixels.first += kTogether)
      fold_channels<kTogether>(pixels, fold, output);
  }
  for (; output != end; ++output, ++pixels.first) fold_channels<1>(pixels, fold, output);
  return output;
}

/// Rows of a pool's output. Buffers: input, output.
template <int kTogether, typename Fold>
void pool_rows(const Window& window, std::byte* const* buffers, std::uint32_t first_row,
               std::uint32_t rows, const Fold& fold) {
  const auto* input = reinterpret_cast<const std::int8_t*>(buffers[0]);
  const int channels = window.input_channels;
  const int pitch = window.input_width * channels;
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]) +
                 static_cast<int>(first_row) * window.output_width * channels;
  for (std::uint32_t row = first_row; row < first_row + rows; ++row) {
    const Span y = clip(static_cast<int>(row) * window.stride_y - window.pad_top,
                        window.kernel_height, window.input_height);
    for (int column = 0; column < window.output_width; ++column) {
      const Span x =
          clip(column * window.stride_x - window.pad_left, window.kernel_width, window.input_width);
      output = fold_pixels<kTogether>(
          Pixels{input + y.first * pitch + x.first * channels, y.count, x.count, channels, pitch},
          fold, output);
    }
  }
}

}  // namespace thimble::microkernels
