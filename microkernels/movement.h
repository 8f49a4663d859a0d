// Operators that only move bytes. The descriptors are made by the compiler (compiler/offload) and
// live in flash. All microkernels here: not for interrupts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thimble::microkernels {

inline constexpr int kCopyDimensions = 6;

/// Slices, transpositions and what else reads its input with steps of its own: the output is
/// written from its first byte to its last, from nested loops over the input.
struct Copy {
  struct Dimension {
    std::uint32_t extent;
    std::int32_t step;  ///< bytes from one to the next in the input
  };
  Dimension dimensions[kCopyDimensions];  ///< outermost first; a row ends with one
  std::uint32_t first;                    ///< byte of the input
  std::uint32_t row_bytes;                ///< of the output
};

/// A Microkernel (runtime/plan.h). Buffers: input, output, none. Descriptor: Copy.
extern "C" void thimble_copy(const void* descriptor, std::byte* const* buffers,
                             std::uint32_t first_row, std::uint32_t rows);

/// Each row of the output is, `columns` times, some bytes of each input.
struct Concatenate {
  const void* sizes;  ///< std::uint32_t bytes, one an input
  std::uint32_t inputs;
  std::uint32_t columns;
};

/// A Microkernel. Buffers: inputs, output, none. Descriptor: Concatenate.
extern "C" void thimble_concatenate(const void* descriptor, std::byte* const* buffers,
                                    std::uint32_t first_row, std::uint32_t rows);

/// One value around rows of columns of bytes.
struct Pad {
  struct Side {
    std::uint32_t before;
    std::uint32_t inside;  ///< from the input
    std::uint32_t after;
  };
  Side rows;
  Side columns;
  Side bytes;
  std::uint8_t value;
};

/// A Microkernel. Buffers: input, output, none. Descriptor: Pad.
extern "C" void thimble_pad(const void* descriptor, std::byte* const* buffers,
                            std::uint32_t first_row, std::uint32_t rows);

}  // namespace thimble::microkernels
