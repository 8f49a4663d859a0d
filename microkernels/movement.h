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

/// An innermost run at a time.
template <typename Order>
constexpr void copy_order(const Copy& layer, std::uint32_t rows, Order& order) {
  constexpr int kInner = kCopyDimensions - 1;
  const Copy::Dimension& run = layer.dimensions[kInner];
  std::int64_t places[kCopyDimensions] = {};
  const std::int64_t reach = (std::int64_t{run.extent} - 1) * run.step;
  std::int64_t first = layer.first + (reach < 0 ? reach : 0);
  const std::int64_t all = std::int64_t{rows} * layer.row_bytes;
  for (std::int64_t written = run.extent; written <= all; written += run.extent) {
    order.writes(written);
    order.reads(first);
    for (int d = kInner - 1; d >= 0; --d) {
      const Copy::Dimension& dimension = layer.dimensions[d];
      first += dimension.step;
      if (++places[d] < dimension.extent) break;
      first -= places[d] * dimension.step;
      places[d] = 0;
    }
  }
}

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

/// Each row is filled before what is inside comes in.
template <typename Order>
constexpr void pad_order(const Pad& layer, Order& order) {
  const auto total = [](const Pad::Side& side) {
    return std::int64_t{side.before} + side.inside + side.after;
  };
  const std::int64_t row_bytes = total(layer.columns) * total(layer.bytes);
  for (std::int64_t row = 0; row < total(layer.rows); ++row) {
    order.writes((row + 1) * row_bytes);
    const std::int64_t input = row - layer.rows.before;
    if (input >= 0 && input < layer.rows.inside)
      order.reads(input * layer.columns.inside * layer.bytes.inside);
  }
}

}  // namespace thimble::microkernels
