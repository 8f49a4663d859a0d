// See interrupts.h.
#include "kernel/arch/riscv/interrupts.h"

#include <cstddef>

#include "kernel/config.h"
#include "kernel/image.h"

namespace thimble::kernel {

extern "C" {
void kernel_vectors();
extern constinit InterruptHandler kernel_handlers[12];
}

// By cause; only the three that there are get used.
constinit InterruptHandler kernel_handlers[12] = {};

namespace {

constexpr std::size_t kGuardBytes = kSafe ? kInterruptGuardBytes : 0;
constexpr std::size_t kStackAndGuardBytes = kInterruptStackBytes + kGuardBytes;

alignas(kSafe ? kInterruptGuardBytes : 16)
    [[gnu::section(".stacks.interrupt")]] std::byte interrupt_stack[kStackAndGuardBytes];

}  // namespace

std::byte* interrupt_stack_guard() {
  return interrupt_stack;
}

void init_interrupts() {
  constexpr std::uintptr_t kVectored = 1;
  // Safety: interrupts are off; the kernel keeps tp for this (in_interrupt()).
  asm volatile(
      "csrw mtvec, %0\n"
      "mv tp, %1"
      :
      : "r"(reinterpret_cast<std::uintptr_t>(kernel_vectors) | kVectored),
        "r"(interrupt_stack + kStackAndGuardBytes));
}

void set_handler(Interrupt interrupt, InterruptHandler handler) {
  const auto cause = static_cast<std::uint32_t>(interrupt);
  const std::uint32_t bit = 1U << cause;
  if (handler == nullptr) {
    // Safety: the interrupt is off before its handler goes.
    asm volatile("csrc mie, %0" : : "r"(bit) : "memory");
  }
  kernel_handlers[cause] = handler;
  if (handler != nullptr) {
    // Safety: the handler is there before the interrupt is on.
    asm volatile("csrs mie, %0" : : "r"(bit) : "memory");
  }
}

}  // namespace thimble::kernel
