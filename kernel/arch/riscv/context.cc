// A task's first context.
#include "kernel/arch/riscv/context.h"

namespace thimble::kernel {

extern "C" void kernel_begin_task();

std::uintptr_t make_context(std::byte* top, void (*entry)(void*), void* argument) {
  constexpr std::uint32_t kInterruptsOn = 8;
  auto* const frame = reinterpret_cast<std::uint32_t*>(top - CALL_FRAME_BYTES);
  // Safety: a stack of a task that does not run, 16-byte aligned, larger than a frame.
  frame[0] = reinterpret_cast<std::uint32_t>(kernel_begin_task);  // ra
  frame[1] = reinterpret_cast<std::uint32_t>(entry);              // s0
  frame[2] = reinterpret_cast<std::uint32_t>(argument);           // s1
  frame[CALL_FRAME_STATE / 4] = kInterruptsOn;
  frame[CALL_FRAME_FCSR / 4] = 0;
  return reinterpret_cast<std::uintptr_t>(frame);
}

}  // namespace thimble::kernel
