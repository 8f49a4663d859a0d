// Means of int8 tensors over neighbouring dimensions: of pictures, mostly. Descriptors are made by
// the compiler (compiler/offload) and live in flash.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microkernels/requantize.h"

namespace thimble::microkernels {

/// The input is [row][value][channel], the output [row][channel]. If there is one row only, calls
/// are for the equal parts of its values instead: from the first to the last, which writes the
/// output, with the sums in scratch, 4 bytes a channel; one call for all parts needs no scratch.
struct MeanShape {
  std::uint16_t values;
  std::uint16_t channels;
  std::uint16_t parts;  ///< 1: calls are for rows
};

/// From one scale to another, by TOSA's definition.
struct Mean {
  MeanShape shape;
  std::int32_t bias;  ///< of the sum: the input's zero point, as often as there are values
  ReferenceScale scale;
  std::int16_t zero_point;
  std::int8_t lowest;  ///< of the clamp, which has the saturation of int8 in it
  std::int8_t highest;
  bool double_round;
};

/// A Microkernel (runtime/plan.h). Buffers: input, output, scratch. Descriptor: Mean. Not for interrupts.
extern "C" void thimble_mean(const void* descriptor, std::byte* const* buffers,
                             std::uint32_t first_row, std::uint32_t rows);

/// The same, one channel at a time: smaller and slower.
extern "C" void thimble_mean_small(const void* descriptor, std::byte* const* buffers,
                                   std::uint32_t first_row, std::uint32_t rows);

/// In one scale, halves rounded away from zero: an average-pool of the whole picture.
struct Average {
  MeanShape shape;
  std::int8_t lowest;  ///< of the clamp
  std::int8_t highest;
};

/// A Microkernel. Buffers: input, output, scratch. Descriptor: Average. Not for interrupts.
extern "C" void thimble_average(const void* descriptor, std::byte* const* buffers,
                                std::uint32_t first_row, std::uint32_t rows);

/// The same, one channel at a time: smaller and slower.
extern "C" void thimble_average_small(const void* descriptor, std::byte* const* buffers,
                                      std::uint32_t first_row, std::uint32_t rows);

/// Of all functions here: some neighbouring channels are written when all their values are read.
template <typename Order>
constexpr void mean_order(const MeanShape& shape, std::uint32_t rows, Order& order) {
  for (std::int64_t row = 0; row < rows; ++row) {
    for (int channel = 0; channel < shape.channels; ++channel) {
      order.reads(row * shape.values * shape.channels + channel);
      order.writes(row * shape.channels + channel + 1);
    }
  }
}

}  // namespace thimble::microkernels
