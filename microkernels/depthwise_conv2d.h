// Depthwise convolution of int8 tensors (NHWC, batch 1), fused with its rescale and clamp: output
// channel c reads input channel c / multiplier. The descriptor is made by the compiler and lives in
// flash.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microkernels/requantize.h"
#include "microkernels/window.h"

namespace thimble::microkernels {

struct DepthwiseConv2d {
  Window window;
  Requantization requantization;
  const void* weights;  ///< int8 [kernel_height][kernel_width][output_channels]
  std::uint16_t multiplier;
};

/// A Microkernel (runtime/plan.h). Buffers: input, output, scratch of input_channels bytes.
/// Descriptor: DepthwiseConv2d. Not for interrupts.
extern "C" void thimble_depthwise_conv2d(const void* descriptor, std::byte* const* buffers,
                                         std::uint32_t first_row, std::uint32_t rows);

}  // namespace thimble::microkernels
