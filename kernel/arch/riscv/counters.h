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

/// Waits for an interrupt; returns how many instructions it took, from its vector to its return.
[[nodiscard]] inline std::uint32_t count_interruption() {
  constexpr std::uint32_t kLoop = 4;
  constexpr std::uint32_t kNotTheLoop = 20;
  std::uint32_t last;
  std::uint32_t now;
  std::uint32_t gap;
  // Safety: reads a counter, again and again, until there is more between than the loop.
  asm volatile(
      "csrr %0, minstret\n"
      "1: csrr %1, minstret\n"
      "sub %2, %1, %0\n"
      "mv %0, %1\n"
      "bltu %2, %3, 1b\n"
      : "=&r"(last), "=&r"(now), "=&r"(gap)
      : "r"(kNotTheLoop)
      : "memory");
  return gap - kLoop;
}

/// Loops 2 * `rounds` instructions long; returns how many others ran meanwhile: what interrupts
/// cost that come by themselves.
[[nodiscard]] inline std::uint32_t count_disturbance(std::uint32_t rounds) {
  std::uint32_t start;
  std::uint32_t end;
  std::uint32_t left = rounds;
  // Safety: reads a counter around a loop on a register.
  asm volatile(
      "csrr %0, minstret\n"
      "1: addi %2, %2, -1\n"
      "bnez %2, 1b\n"
      "csrr %1, minstret"
      : "=&r"(start), "=&r"(end), "+r"(left)
      :
      : "memory");
  return end - start - 1 - 2 * rounds;
}

}  // namespace thimble::kernel
