// Max-pool of int8 tensors. The descriptor is made by the compiler (compiler/offload) and lives in
// flash.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microkernels/window.h"

namespace thimble::microkernels {

/// Padding counts as less than everything; dilations are not used.
struct MaxPool2d {
  Window window;
  std::int8_t lowest;  ///< of the clamp
  std::int8_t highest;
};

/// A Microkernel (runtime/plan.h). Buffers: input, output, none. Descriptor: MaxPool2d. Not for
/// interrupts.
extern "C" void thimble_max_pool2d(const void* descriptor, std::byte* const* buffers,
                                   std::uint32_t first_row, std::uint32_t rows);

/// The same, one channel at a time: smaller and slower.
extern "C" void thimble_max_pool2d_small(const void* descriptor, std::byte* const* buffers,
                                         std::uint32_t first_row, std::uint32_t rows);

}  // namespace thimble::microkernels
