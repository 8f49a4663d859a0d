// In which order microkernels read their inputs and write their output: what the compiler must know
// to let an output take the place of what has been read. Beside each microkernel stands a function
// that tells its order, step by step, to
//
//   order.reads(first)  something is read, nothing of it before `first`;
//   order.writes(end)   something is written, nothing of it at or behind `end`.
//
// It is that of a call for all rows. Where one is not told, anything may be read until everything
// is written. Only the compiler and tests call these functions; no firmware holds them.
#pragma once

#include <cstdint>

#include "microkernels/window.h"

namespace thimble::microkernels {

/// What an order comes down to for the planner: how far behind the output's beginning the input's
/// must lie, at least, so that nothing is written over that is still to be read. Negative where the
/// input may begin first.
struct Lead {
  /// Nothing is read after anything is written.
  static constexpr std::int64_t kAny = -(std::int64_t{1} << 40);

  constexpr void reads(std::int64_t first) {
    if (written > 0 && written - first > elements) elements = written - first;
  }
  constexpr void writes(std::int64_t end) { written = end > written ? end : written; }

  std::int64_t elements = kAny;
  std::int64_t written = 0;
};

/// The first pixel of the input that the window of an output pixel covers, or one before it.
constexpr std::int64_t first_pixel(const Window& window, std::int64_t row, std::int64_t column) {
  const std::int64_t y = row * window.stride_y - window.pad_top;
  const std::int64_t x = column * window.stride_x - window.pad_left;
  return (y < 0 ? 0 : y) * window.input_width + (x < 0 ? 0 : x);
}

/// Bytes of a pixel; ones, where each channel has an order of its own.
struct PixelBytes {
  int input;
  int output;
};

/// Where tiles of windows begin: at the first window of a call for all rows, or, in calls of some,
/// at any.
enum class Tiles : std::uint8_t { kFromFirst, kFromAny };

/// `together` windows at a time, row after row, their outputs written when all are read; or before,
/// if some of a tile's outputs are made from what is `read_again`.
template <typename Order>
constexpr void windows_order(const Window& window, PixelBytes bytes, int together, bool read_again,
                             Tiles tiles, Order& order) {
  const std::int64_t pixels = std::int64_t{window.output_height} * window.output_width;
  const std::int64_t step = tiles == Tiles::kFromAny ? 1 : together;
  for (std::int64_t written = 0; written < pixels; written += step) {
    const std::int64_t end = written + step < pixels ? written + step : pixels;
    const std::int64_t first = end > together ? end - together : 0;  // of the tile
    const auto read_from = [&](std::int64_t pixel) {
      for (std::int64_t p = pixel; p < end; ++p) {
        order.reads(first_pixel(window, p / window.output_width, p % window.output_width) *
                    bytes.input);
      }
    };
    read_from(written);
    order.writes(end * bytes.output);
    if (read_again) read_from(tiles == Tiles::kFromAny ? first : written);
  }
}

/// Window by window, some neighbouring channels written when they are read.
template <typename Order>
constexpr void pool_order(const Window& window, Order& order) {
  const std::int64_t channels = window.input_channels;
  const std::int64_t pixels = std::int64_t{window.output_height} * window.output_width;
  for (std::int64_t p = 0; p < pixels; ++p) {
    const std::int64_t first =
        first_pixel(window, p / window.output_width, p % window.output_width);
    for (std::int64_t channel = 0; channel < channels; ++channel) {
      order.reads(first * channels + channel);
      order.writes(p * channels + channel + 1);
    }
  }
}

}  // namespace thimble::microkernels
