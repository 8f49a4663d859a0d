// See mel.h.
#include "frontend/mel.h"

#include <bit>

namespace thimble {

std::int32_t log2_q16(std::uint64_t value) {
  const int exponent = 63 - std::countl_zero(value);
  // The 22 bits below the leading one: 6 find the place in the table, 16 the way to the next.
  const std::uint64_t aligned =
      exponent >= 22 ? value >> (exponent - 22) : value << (22 - exponent);
  const auto mantissa = static_cast<std::uint32_t>(aligned) & 0x3fffff;
  const std::uint32_t low = tables::kLog2[mantissa >> 16];
  const std::uint32_t high = tables::kLog2[(mantissa >> 16) + 1];
  const std::uint32_t fraction = low + (((high - low) * (mantissa & 0xffff)) >> 16);
  return (exponent << 16) + static_cast<std::int32_t>(fraction);
}

}  // namespace thimble
