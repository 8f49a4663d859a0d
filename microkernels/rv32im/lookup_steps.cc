// A table of steps, 80 bytes where all outputs would take 256.
#include "microkernels/elementwise.h"

namespace thimble::microkernels {
namespace {

// Of sixteen fields of two bits.
std::uint32_t sum_of_fields(std::uint32_t fields) {
  const std::uint32_t pairs = (fields & 0x33333333) + (fields >> 2 & 0x33333333);
  const std::uint32_t fours = (pairs & 0x0f0f0f0f) + (pairs >> 4 & 0x0f0f0f0f);
  return fours * 0x01010101 >> 24;
}

}  // namespace

extern "C" void thimble_lookup_steps(const void* descriptor, std::byte* const* buffers,
                                     std::uint32_t first_row, std::uint32_t rows) {
  const LookupSteps& layer = *static_cast<const LookupSteps*>(descriptor);
  const auto* steps = static_cast<const std::uint32_t*>(layer.table);
  const auto* firsts = reinterpret_cast<const std::uint8_t*>(steps + 16);
  const std::byte* input = buffers[0] + first_row * layer.row_bytes;
  std::byte* output = buffers[1] + first_row * layer.row_bytes;
  const std::uint32_t bytes = rows * layer.row_bytes;
  for (std::uint32_t i = 0; i < bytes; ++i) {
    const std::uint32_t number = std::to_integer<std::uint8_t>(input[i]) ^ 0x80U;
    const std::uint32_t word = number / 16;
    // Shifted so that the fields of larger inputs fall out.
    const std::uint32_t risen = sum_of_fields(steps[word] << (30 - number % 16 * 2));
    output[i] = static_cast<std::byte>(firsts[word] + risen);
  }
}

}  // namespace thimble::microkernels
