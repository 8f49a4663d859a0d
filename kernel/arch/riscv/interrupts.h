// Switching interrupts off and on, and the handlers of the core's three interrupts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thimble::kernel {

/// Whether interrupts were on, as interrupts_off() found them: mstatus.MIE in its place.
using InterruptState = std::uint32_t;

/// Switches interrupts off; returns what restore_interrupts() wants. Callable from anywhere.
[[nodiscard, gnu::always_inline]] inline InterruptState interrupts_off() {
  std::uint32_t mstatus;
  // Safety: only clears mstatus.MIE.
  asm volatile("csrrci %0, mstatus, 8" : "=r"(mstatus) : : "memory");
  return mstatus & 8U;
}

/// Puts back what interrupts_off() returned. Callable from anywhere.
[[gnu::always_inline]] inline void restore_interrupts(InterruptState state) {
  // Safety: sets mstatus.MIE or nothing.
  asm volatile("csrs mstatus, %0" : : "r"(state) : "memory");
}

/// Keeps interrupts off while it lives.
class InterruptLock {
 public:
  InterruptLock() : state_(interrupts_off()) {}
  ~InterruptLock() { restore_interrupts(state_); }
  InterruptLock(const InterruptLock&) = delete;
  InterruptLock& operator=(const InterruptLock&) = delete;

 private:
  InterruptState state_;
};

/// Whether the caller runs in an interrupt, once init_interrupts() was called. Callable from
/// anywhere.
[[nodiscard, gnu::always_inline]] inline bool in_interrupt() {
  std::uintptr_t top;
  // Safety: tp is the kernel's: the interrupt stack's top while that is free, 0 while it is used.
  asm("mv %0, tp" : "=r"(top));
  return top == 0;
}

/// The lowest bytes of the interrupt stack, which the safe kernel guards.
inline constexpr std::size_t kInterruptGuardBytes = 128;
[[nodiscard]] std::byte* interrupt_stack_guard();

/// The core's own interrupts.
enum class Interrupt : std::uint32_t { kSoftware = 3, kTimer = 7, kExternal = 11 };

/// Runs on the interrupt stack with interrupts off. Must not block, nor use floats or vectors.
using InterruptHandler = void (*)();

/// While it lives, interrupts are let into the interrupt that made it: for the driver of a
/// controller that holds back what is not more urgent, and for handlers that can wait. What
/// interrupts it must be withdrawn or held back before, or it comes again at once. Each level needs
/// INTERRUPT_FRAME_BYTES and its handler's own on the interrupt stack. In interrupts only.
class NestedInterrupts {
 public:
  [[gnu::always_inline]] NestedInterrupts() {
    // Safety: whom another interrupt would overwrite is kept first: where this one returns, and
    // how.
    asm volatile(
        "csrr %0, mepc\n"
        "csrr %1, mstatus\n"
        "csrsi mstatus, 8"
        : "=&r"(mepc_), "=r"(mstatus_)
        :
        : "memory");
  }
  [[gnu::always_inline]] ~NestedInterrupts() {
    // Safety: mstatus as it was: interrupts are off from here on.
    asm volatile(
        "csrw mstatus, %1\n"
        "csrw mepc, %0"
        :
        : "r"(mepc_), "r"(mstatus_)
        : "memory");
  }
  NestedInterrupts(const NestedInterrupts&) = delete;
  NestedInterrupts& operator=(const NestedInterrupts&) = delete;

 private:
  std::uint32_t mepc_;
  std::uint32_t mstatus_;
};

/// Directs interrupts to the handlers, and gives them their stack. Interrupts stay off, as a whole
/// and each. Calling it again changes nothing.
void init_interrupts();

/// Sets the handler of `interrupt` and switches it on; nullptr switches it off. After
/// init_interrupts(). Callable from anywhere.
void set_handler(Interrupt interrupt, InterruptHandler handler);

}  // namespace thimble::kernel
