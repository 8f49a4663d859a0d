// The few things only this architecture's instructions can do, as functions.
#pragma once

#include <cstdint>

namespace thimble::kernel {

/// Sleeps until the machine timer's interrupt is pending, without taking it. May return early.
inline void wait_for_timer() {
  constexpr std::uint32_t kMachineTimer = 1U << 7U;
  // Safety: mstatus.MIE stays clear, so the enabled interrupt only ends wfi; nothing traps.
  asm volatile(
      "csrs mie, %0\n"
      "wfi\n"
      "csrc mie, %0"
      :
      : "r"(kMachineTimer)
      : "memory");
}

/// Sleeps until an enabled interrupt is pending, and takes it. Interrupts must be off before, and
/// are so after.
inline void wait_for_interrupt() {
  // Safety: an interrupt that comes before wfi stays pending and ends it; none is lost.
  asm volatile(
      "wfi\n"
      "csrsi mstatus, 8\n"
      "csrci mstatus, 8"
      :
      :
      : "memory");
}

}  // namespace thimble::kernel
