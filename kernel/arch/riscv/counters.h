// The low half of the instruction counter, read in one instruction.
#pragma once

#include <cstdint>

namespace thimble::kernel {

/// Instructions retired, modulo 2^32: for short measurements. Callable from anywhere.
[[nodiscard, gnu::always_inline]] inline std::uint32_t count() {
  std::uint32_t instructions;
  // Safety: reads a counter only; memory is settled before.
  asm volatile("csrr %0, minstret" : "=r"(instructions) : : "memory");
  return instructions;
}

}  // namespace thimble::kernel
