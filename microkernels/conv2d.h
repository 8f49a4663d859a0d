// Convolution of int8 tensors (NHWC, batch 1), fused with its rescale and clamp. Fully connected
// layers are convolutions of one pixel. The descriptor is made by the compiler (compiler/offload)
// and lives in flash.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microkernels/requantize.h"
#include "microkernels/window.h"

namespace thimble::microkernels {

/// Output channels are computed in groups of this many; weights are stored group by group, the last
/// one padded with zeros.
inline constexpr int kChannelGroup = 4;
/// Pixels of a row that share each weight that is loaded.
inline constexpr int kPixelTile = 3;

/// Windows of one pixel that all lie inside are read where they are; all others are gathered into
/// scratch first.
constexpr bool reads_in_place(const Window& window) {
  return window.kernel_height == 1 && window.kernel_width == 1 && window.pad_top == 0 &&
         window.pad_left == 0 &&
         (window.output_height - 1) * window.stride_y < window.input_height &&
         (window.output_width - 1) * window.stride_x < window.input_width;
}

/// Bytes of scratch that a Conv2d needs.
constexpr std::uint32_t conv2d_scratch_bytes(const Window& window) {
  if (reads_in_place(window)) return 0;
  const std::uint32_t pixels = window.output_width < kPixelTile ? window.output_width : kPixelTile;
  return pixels * window.kernel_height * window.kernel_width * window.input_channels;
}

struct Conv2d {
  Window window;
  Requantization requantization;  ///< the input's zero point is folded into the biases
  const void*
      weights;  ///< int8 [group][kernel_height][kernel_width][input_channels][kChannelGroup]
};

/// A Microkernel (runtime/plan.h). Buffers: input, output, scratch of conv2d_scratch_bytes().
/// Descriptor: Conv2d. Not for interrupts.
extern "C" void thimble_conv2d(const void* descriptor, std::byte* const* buffers,
                               std::uint32_t first_row, std::uint32_t rows);

/// Depthwise convolution: output channel c reads input channel c / multiplier.
struct DepthwiseConv2d {
  Window window;
  Requantization requantization;
  const void* weights;  ///< int8 [kernel_height][kernel_width][output_channels]
  std::uint16_t multiplier;
};

/// A Microkernel. Buffers: input, output, scratch of input_channels bytes. Descriptor:
/// DepthwiseConv2d.
extern "C" void thimble_depthwise_conv2d(const void* descriptor, std::byte* const* buffers,
                                         std::uint32_t first_row, std::uint32_t rows);

}  // namespace thimble::microkernels
