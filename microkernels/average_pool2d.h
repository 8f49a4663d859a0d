// Average-pool of int8 tensors. The descriptor is made by the compiler (compiler/offload) and lives
// in flash.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microkernels/window.h"

namespace thimble::microkernels {

/// Averages are of what lies inside the input, which is something for every output; halves are
/// rounded away from zero. Zero points and dilations are not used.
struct AveragePool2d {
  Window window;
  std::int8_t lowest;  ///< of the clamp
  std::int8_t highest;
};

/// A Microkernel (runtime/plan.h). Buffers: input, output. Descriptor: AveragePool2d. Not for
/// interrupts.
extern "C" void thimble_average_pool2d(const void* descriptor, std::byte* const* buffers,
                                       std::uint32_t first_row, std::uint32_t rows);

/// The same, one channel at a time: smaller and slower.
extern "C" void thimble_average_pool2d_small(const void* descriptor, std::byte* const* buffers,
                                             std::uint32_t first_row, std::uint32_t rows);

}  // namespace thimble::microkernels
