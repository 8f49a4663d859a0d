// From int8 to float, without floating point. The descriptor is made by the compiler
// (compiler/offload) and lives in flash.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thimble::microkernels {

/// (input - zero_point) * scale, rounded to nearest, ties to even: IEEE 754's product.
struct Dequantize {
  std::uint32_t significand;   ///< of the scale, its leading one at bit 23
  std::uint32_t row_elements;  ///< of input and output
  std::int16_t zero_point;     ///< -128 to 127
  std::uint8_t exponent;       ///< of the scale, biased, 1 to kHighestExponent
};

/// The product may be larger by 2^8.
inline constexpr int kHighestExponent = 254 - 8;

/// A Microkernel (runtime/plan.h). Buffers: input, output. Descriptor: Dequantize. Not for
/// interrupts.
extern "C" void thimble_dequantize(const void* descriptor, std::byte* const* buffers,
                                   std::uint32_t first_row, std::uint32_t rows);

}  // namespace thimble::microkernels
