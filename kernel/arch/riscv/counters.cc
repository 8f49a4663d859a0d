// Hardware counters, read in halves.
#include "kernel/counters.h"

#include "kernel/time.h"

namespace thimble::kernel {
namespace {

template <unsigned kLow, unsigned kHigh>
[[gnu::always_inline]] inline std::uint64_t counter() {
  std::uint32_t high;
  std::uint32_t low;
  std::uint32_t again;
  // Safety: reads of counters only. Repeated if the low half wrapped between the reads.
  asm volatile(
      "1: csrr %0, %4\n"
      "csrr %1, %3\n"
      "csrr %2, %4\n"
      "bne %0, %2, 1b"
      : "=&r"(high), "=&r"(low), "=&r"(again)
      : "i"(kLow), "i"(kHigh));
  return (std::uint64_t{high} << 32U) | low;
}

}  // namespace

std::uint64_t instructions_retired() {
  return counter<0xb02, 0xb82>();  // minstret, minstreth
}

std::uint64_t cycles() {
  return counter<0xb00, 0xb80>();  // mcycle, mcycleh
}

std::uint32_t simple_instructions_per_second() {
  constexpr std::uint32_t kInstructions = 100'000;
  std::uint32_t rounds = kInstructions / 2;
  const time::Ticks begin = time::now();
  // Safety: counts a register down.
  asm volatile(
      "1: addi %0, %0, -1\n"
      "bnez %0, 1b"
      : "+r"(rounds));
  const time::Ticks ticks = time::now() - begin;
  return static_cast<std::uint32_t>(kInstructions * time::kTicksPerSecond / ticks);
}

}  // namespace thimble::kernel
