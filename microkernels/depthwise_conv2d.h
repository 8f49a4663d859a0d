// Depthwise convolution of int8 tensors (NHWC, batch 1), fused with its rescale and clamp: output
// channel c reads input channel c / multiplier. The descriptor is made by the compiler
// (compiler/offload/encode_depthwise.cc) and lives in flash.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microkernels/order.h"
#include "microkernels/requantize.h"
#include "microkernels/window.h"

namespace thimble::microkernels {

struct DepthwiseConv2d {
  Window window;
  Requantization requantization;  ///< the input's zero point is folded into the biases
  const void* weights;            ///< int8 [output_channels][row][column]
  std::uint16_t multiplier;
};

/// What thimble_depthwise_conv2d_3x3_* compute.
constexpr bool is_depthwise_3x3(const DepthwiseConv2d& layer) {
  const Window& window = layer.window;
  const Requantization& output = layer.requantization;
  const auto fits = [](int inputs, int outputs, int stride, int before) {
    const int after = (outputs - 1) * stride + 3 - before - inputs;
    return before <= 1 && after <= 1;
  };
  return window.kernel_height == 3 && window.kernel_width == 3 && window.dilation_y == 1 &&
         window.dilation_x == 1 && layer.multiplier == 1 && window.stride_y == window.stride_x &&
         (window.stride_x == 1 || window.stride_x == 2) &&
         fits(window.input_height, window.output_height, window.stride_y, window.pad_top) &&
         fits(window.input_width, window.output_width, window.stride_x, window.pad_left) &&
         output.form != RequantizationForm::kReference && output.lowest <= output.zero_point &&
         output.zero_point <= output.highest;
}

/// Whether the output's clamp begins at the zero point, and the sums that reach the highest output
/// are neither so small nor so large that the loops cannot compare sums with them.
constexpr bool is_rectified(const DepthwiseConv2d& layer) {
  constexpr std::uint32_t kMostShift = 21;
  constexpr std::int32_t kLeastLimit = 512;
  const Requantization& output = layer.requantization;
  if (output.lowest != output.zero_point) return false;
  const int scales = output.per_channel ? layer.window.output_channels : 1;
  for (int i = 0; i < scales; ++i) {
    const std::uint32_t multiplier = static_cast<const std::uint32_t*>(output.scales)[i];
    if (multiplier % 32 > kMostShift) return false;
    const std::int32_t offset = rounding_offset(multiplier, output.zero_point, output.double_round);
    if ((output.highest + 1) * (1 << multiplier % 32) - offset < kLeastLimit) return false;
  }
  return true;
}

/// What windows of a row of output cover of a row of input.
constexpr int depthwise_line_bytes(const Window& window) {
  return (window.output_width - 1) * window.stride_x +
         (window.kernel_width - 1) * window.dilation_x + 1;
}

/// How many rows of input are kept for the next row of output.
constexpr int depthwise_lines(const Window& window) {
  return window.dilation_y == 1 ? window.kernel_height : 1;
}

/// Bytes of scratch that thimble_depthwise_conv2d needs.
constexpr std::uint32_t depthwise_scratch_bytes(const Window& window) {
  return 4 * window.output_width +
         static_cast<std::uint32_t>(depthwise_lines(window) * depthwise_line_bytes(window));
}

/// Of packed pixels: windows in the left half of a row, and as many in the right one, that are
/// computed together.
inline constexpr int kSmallTile = 3;
inline constexpr int kLargeTile = 4;

/// The one that takes less: what a tile costs besides its windows is as much as two of them.
constexpr int depthwise_packed_tile(const Window& window) {
  const int half = (window.output_width + 1) / 2;
  const auto cost = [&](int tile) { return (half + tile - 1) / tile * (tile + 2); };
  return cost(kLargeTile) < cost(kSmallTile) ? kLargeTile : kSmallTile;
}

/// Whether kernels of that shape have a function of their own.
constexpr bool has_packed_width(const Window& window) {
  return (window.kernel_width == 3 || window.kernel_width == 5 || window.kernel_width == 7) &&
         window.dilation_x == 1 && window.stride_x <= 2;
}
/// The next shorter run of a kernel row's taps that the functions for packed pixels know, after the
/// whole row.
constexpr int shorter_run(const Window& window, int length) {
  if (!has_packed_width(window)) return length - 1;
  return length == window.kernel_width ? (window.kernel_width + 1) / 2 : 1;
}
/// Windows in half a row, whole tiles.
constexpr int depthwise_packed_half(const Window& window) {
  const int half = (window.output_width + 1) / 2;
  const int tile = depthwise_packed_tile(window);
  return (half + tile - 1) / tile * tile;
}
/// Sums of a row's windows, and of those that a last tile has too much.
constexpr int depthwise_packed_sums(const Window& window) {
  return (window.output_width + 1) / 2 + depthwise_packed_half(window);
}
/// Words of a line.
constexpr int depthwise_packed_words(const Window& window) {
  return (depthwise_packed_half(window) - 1) * window.stride_x +
         (window.kernel_width - 1) * window.dilation_x + 1;
}
/// How many rows of input are kept.
constexpr int depthwise_packed_lines(const Window& window) {
  return (window.kernel_height - 1) * window.dilation_y + 1;
}
/// Bytes of scratch that thimble_depthwise_conv2d_packed* need.
constexpr std::uint32_t depthwise_packed_scratch_bytes(const Window& window) {
  return 4U * static_cast<std::uint32_t>(depthwise_packed_sums(window) +
                                         depthwise_packed_lines(window) *
                                             depthwise_packed_words(window));
}

/// Microkernels (runtime/plan.h). Buffers: input, output, scratch of depthwise_scratch_bytes() (the
/// 3x3 ones need none). Descriptor: DepthwiseConv2d. Not for interrupts.
///
/// Any layer.
extern "C" void thimble_depthwise_conv2d(const void* descriptor, std::byte* const* buffers,
                                         std::uint32_t first_row, std::uint32_t rows);
/// Counts pixels: each channel is gone through alone. Only for a multiplier of 1.
template <typename Order>
constexpr void depthwise_conv2d_order(const Window& window, Order& order) {
  int copied = 0;
  for (int row = 0; row < window.output_height; ++row) {
    for (int ky = 0; ky < window.kernel_height; ++ky) {
      const int y = row * window.stride_y - window.pad_top + ky * window.dilation_y;
      const bool kept = y < copied && window.dilation_y == 1;
      if (y < 0 || y >= window.input_height || kept) continue;
      order.reads(std::int64_t{y} * window.input_width);
      copied = y + 1;
    }
    order.writes((row + std::int64_t{1}) * window.output_width);
  }
}

/// The same, faster. Before each channel's weights stands, in a byte, how many neighbouring taps of
/// a kernel's row are summed up in 16 bits. The numbers are kernel widths, where
/// has_packed_width(). Order: depthwise_conv2d_order(). Scratch: depthwise_packed_scratch_bytes().
extern "C" void thimble_depthwise_conv2d_packed(const void* descriptor, std::byte* const* buffers,
                                                std::uint32_t first_row, std::uint32_t rows);
extern "C" void thimble_depthwise_conv2d_packed_3(const void* descriptor, std::byte* const* buffers,
                                                  std::uint32_t first_row, std::uint32_t rows);
extern "C" void thimble_depthwise_conv2d_packed_5(const void* descriptor, std::byte* const* buffers,
                                                  std::uint32_t first_row, std::uint32_t rows);
extern "C" void thimble_depthwise_conv2d_packed_7(const void* descriptor, std::byte* const* buffers,
                                                  std::uint32_t first_row, std::uint32_t rows);

/// The fastest ones and the smallest, where is_depthwise_3x3().
extern "C" void thimble_depthwise_conv2d_3x3_stride1(const void* descriptor,
                                                     std::byte* const* buffers,
                                                     std::uint32_t first_row, std::uint32_t rows);
extern "C" void thimble_depthwise_conv2d_3x3_stride2(const void* descriptor,
                                                     std::byte* const* buffers,
                                                     std::uint32_t first_row, std::uint32_t rows);
extern "C" void thimble_depthwise_conv2d_3x3_small(const void* descriptor,
                                                   std::byte* const* buffers,
                                                   std::uint32_t first_row, std::uint32_t rows);

/// Faster, where is_rectified() and the input is unsigned with zero for its zero point: pixels of
/// zero are passed over.
extern "C" void thimble_depthwise_conv2d_3x3_stride1_rectified(const void* descriptor,
                                                               std::byte* const* buffers,
                                                               std::uint32_t first_row,
                                                               std::uint32_t rows);
extern "C" void thimble_depthwise_conv2d_3x3_stride2_rectified(const void* descriptor,
                                                               std::byte* const* buffers,
                                                               std::uint32_t first_row,
                                                               std::uint32_t rows);

/// As depthwise_conv2d_order().
template <typename Order>
constexpr void depthwise_conv2d_3x3_small_order(const Window& window, Order& order) {
  windows_order(window, {1, 1}, 1, false, Tiles::kFromFirst, order);
}
/// Two rows at a time, or one at the ends: any row may be the lower one of two. A column of pixels
/// is read once for all windows that it is in.
template <typename Order>
constexpr void depthwise_conv2d_3x3_order(const Window& window, Order& order) {
  for (int row = 0; row < window.output_height; ++row) {
    for (int column = 0; column < window.output_width; ++column) {
      const int next = column * window.stride_x - window.pad_left + 3;
      order.writes(std::int64_t{row} * window.output_width + column + 1);
      if (next < window.input_width)
        order.reads(first_pixel(window, row == 0 ? 0 : row - 1, 0) + next);
      order.reads(first_pixel(window, row + 1, 0));
    }
  }
}

/// Whether the output of thimble_depthwise_conv2d_3x3_stride1 may also lie so that each row takes
/// the place of the first one that its windows cover: of the two rows that are computed together,
/// the lower one then follows its own reading, though the upper one's windows are not all read.
constexpr bool keeps_rows_in_place(const Window& window) {
  return window.stride_x == 1 && window.stride_y == 1 && window.output_width == window.input_width;
}
/// Then the input begins exactly so many pixels behind the output.
constexpr std::int64_t lead_of_rows_in_place(const Window& window) {
  return std::int64_t{window.pad_top} * window.input_width;
}

}  // namespace thimble::microkernels
