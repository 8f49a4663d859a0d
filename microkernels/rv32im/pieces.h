// Copies of many short pieces, which is what moving comes down to.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thimble::microkernels {

/// Pieces of equal size, their distances being those of their first bytes.
struct Pieces {
  std::uint32_t bytes;
  std::uint32_t count;
  std::int32_t input_step;
  std::int32_t output_step;
};

/// `input` and `output` are the first pieces. Callable from interrupts.
void copy_pieces(Pieces pieces, const std::byte* input, std::byte* output);

}  // namespace thimble::microkernels
