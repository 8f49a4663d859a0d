// Hardware counters, read in halves.
#include "kernel/counters.h"

namespace thimble::kernel {

std::uint64_t instructions_retired() {
  std::uint32_t high;
  std::uint32_t low;
  std::uint32_t again;
  // Safety: reads of counters only. Repeated if the low half wrapped between the reads.
  asm volatile(
      "1: csrr %0, minstreth\n"
      "csrr %1, minstret\n"
      "csrr %2, minstreth\n"
      "bne %0, %2, 1b"
      : "=&r"(high), "=&r"(low), "=&r"(again));
  return (std::uint64_t{high} << 32U) | low;
}

}  // namespace thimble::kernel
