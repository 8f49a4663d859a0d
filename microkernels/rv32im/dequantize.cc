// From int8 to float: a product of two whole numbers, rounded to the 24 bits of a float.
#include "microkernels/dequantize.h"

namespace thimble::microkernels {
namespace {

std::uint32_t float_bits(const Dequantize& layer, std::int32_t value) {
  if (value == 0) return 0;
  const std::uint32_t sign = value < 0 ? 0x80000000U : 0;
  // At most 255 * (2^24 - 1): it fits.
  const std::uint32_t product =
      layer.significand * static_cast<std::uint32_t>(value < 0 ? -value : value);
  unsigned shift = 0;
  while ((product >> shift) >= 1U << 24) ++shift;
  std::uint32_t significand = product >> shift;
  if (shift != 0) {
    const std::uint32_t twice_rest = (product - (significand << shift)) * 2;
    const std::uint32_t whole = 1U << shift;
    if (twice_rest > whole || (twice_rest == whole && significand % 2 != 0)) ++significand;
  }
  // The leading one adds to the exponent, and so does a carry out of the significand.
  return sign + ((layer.exponent + shift - 1) << 23) + significand;
}

}  // namespace

extern "C" void thimble_dequantize(const void* descriptor, std::byte* const* buffers,
                                   std::uint32_t first_row, std::uint32_t rows) {
  const Dequantize& layer = *static_cast<const Dequantize*>(descriptor);
  const std::uint32_t first = first_row * layer.row_elements;
  const auto* input = reinterpret_cast<const std::int8_t*>(buffers[0]) + first;
  auto* output = reinterpret_cast<std::uint32_t*>(buffers[1]) + first;
  for (std::uint32_t left = rows * layer.row_elements; left != 0; --left)
    *output++ = float_bits(layer, *input++ - layer.zero_point);
}

}  // namespace thimble::microkernels
