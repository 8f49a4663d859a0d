// Convolution of int8 tensors (NHWC, batch 1), fused with its rescale and clamp. Fully connected
// layers are convolutions of one pixel. The descriptor is made by the compiler
// (compiler/offload/encode_conv2d.cc) and lives in flash.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microkernels/order.h"
#include "microkernels/requantize.h"
#include "microkernels/tile.h"
#include "microkernels/window.h"

namespace thimble::microkernels {

/// A window that covers one line of taps in memory and lies inside is read where it is; all others
/// are gathered into scratch first.
constexpr bool reads_in_place(const Window& window) {
  const bool one_pixel = window.kernel_height == 1 && window.kernel_width == 1;
  const bool whole_input = window.kernel_height == window.input_height &&
                           window.kernel_width == window.input_width && window.dilation_y == 1 &&
                           window.dilation_x == 1;
  return (one_pixel || whole_input) && window.pad_top == 0 && window.pad_left == 0 &&
         (window.output_height - 1) * window.stride_y + window.kernel_height <=
             window.input_height &&
         (window.output_width - 1) * window.stride_x + window.kernel_width <= window.input_width;
}

/// Whether there is one window only.
constexpr bool is_line(const Window& window) {
  return window.output_height * window.output_width == 1;
}

/// Bytes of scratch that thimble_conv2d_line and thimble_conv2d_unpacked need.
constexpr std::uint32_t window_scratch_bytes(const Window& window) {
  if (reads_in_place(window)) return 0;
  const std::uint32_t taps = window.kernel_height * window.kernel_width * window.input_channels;
  return (is_line(window) ? 1 : kUnpackedPixels) * ((taps + 3) / 4 * 4);
}

struct Conv2d {
  Window window;
  Requantization requantization;  ///< the input's zero point is folded into the biases
  const void* weights;            ///< as the function has them
  const void* runs;               ///< as the function has them
  std::uint16_t segment_taps;     ///< of thimble_conv2d_packed*: a multiple of kUnrolledTaps
};

/// Bytes of scratch that thimble_conv2d_packed needs: sums, where there are several segments.
constexpr std::uint32_t packed_scratch_bytes(const Window& window, int segment_taps) {
  const int taps = window.kernel_height * window.kernel_width * window.input_channels;
  return taps > segment_taps ? 4U * kTilePixels * window.output_channels : 0;
}

/// A convolution some of whose channels have a form of their own.
struct Conv2dWithExceptions {
  Conv2d most;        ///< for thimble_conv2d_packed or thimble_conv2d_line
  Conv2d exceptions;  ///< for thimble_conv2d_reference: the exceptions alone, one after the other
  const void* channels;  ///< std::uint16_t: which of the output's channels each of them is
  std::uint16_t count;
};

/// Microkernels (runtime/plan.h). Buffers: input, output, scratch. Descriptor: Conv2d. Not for
/// interrupts.
///
/// Windows are packed, eight at a time (microkernels/tile.h). Weights: int8, segment by segment of
/// taps as thimble_packed_tile has them. Biases: 2^19 less for each segment. Only for
/// RequantizationForm::kOneSided and kSymmetric.
extern "C" void thimble_conv2d_packed(const void* descriptor, std::byte* const* buffers,
                                      std::uint32_t first_row, std::uint32_t rows);
/// The same, where all taps are one segment; the second one where the lowest output is 0. Only for
/// RequantizationForm::kThreshold; biases are not used.
extern "C" void thimble_conv2d_packed_whole(const void* descriptor, std::byte* const* buffers,
                                            std::uint32_t first_row, std::uint32_t rows);
extern "C" void thimble_conv2d_packed_whole_unsigned(const void* descriptor,
                                                     std::byte* const* buffers,
                                                     std::uint32_t first_row, std::uint32_t rows);
/// One window; the weights are packed as thimble_packed_line has them. Only for
/// RequantizationForm::kOneSided and kSymmetric.
extern "C" void thimble_conv2d_line(const void* descriptor, std::byte* const* buffers,
                                    std::uint32_t first_row, std::uint32_t rows);
/// The same, then the exceptions again. Descriptor: Conv2dWithExceptions.
extern "C" void thimble_conv2d_packed_with_exceptions(const void* descriptor,
                                                      std::byte* const* buffers,
                                                      std::uint32_t first_row, std::uint32_t rows);
extern "C" void thimble_conv2d_line_with_exceptions(const void* descriptor,
                                                    std::byte* const* buffers,
                                                    std::uint32_t first_row, std::uint32_t rows);
template <typename Order>
constexpr void conv2d_packed_order(const Window& window, Tiles tiles, Order& order) {
  windows_order(window, {window.input_channels, window.output_channels}, kTilePixels, false, tiles,
                order);
}
template <typename Order>
constexpr void conv2d_line_order(const Window& window, Tiles tiles, Order& order) {
  windows_order(window, {window.input_channels, window.output_channels}, 1, reads_in_place(window),
                tiles, order);
}

/// Weights as thimble_unpacked_sums has them (microkernels/tile.h), group after group of four
/// channels, `runs` with one length a group; then int8 [output channel][tap] for the channels that
/// make no group.
extern "C" void thimble_conv2d_unpacked(const void* descriptor, std::byte* const* buffers,
                                        std::uint32_t first_row, std::uint32_t rows);
template <typename Order>
constexpr void conv2d_unpacked_order(const Window& window, Tiles tiles, Order& order) {
  windows_order(window, {window.input_channels, window.output_channels}, kUnpackedPixels,
                reads_in_place(window), tiles, order);
}

/// Weights int8 [output channel][kernel row][kernel column][input channel], any form: the plain
/// definition.
extern "C" void thimble_conv2d_reference(const void* descriptor, std::byte* const* buffers,
                                         std::uint32_t first_row, std::uint32_t rows);

}  // namespace thimble::microkernels
