// What the safe kernel does at each switch, between two tasks: neither runs.
#include "kernel/arch/riscv/protection.h"
#include "kernel/panic.h"
#include "kernel/schedule.h"
#include "kernel/task.h"

#if THIMBLE_SAFE
namespace thimble::kernel {
namespace {

constinit time::Ticks last_switch = 0;

}  // namespace

/// Called with the registers of schedule.current saved down to `stack_pointer`, interrupts off.
extern "C" void kernel_before_switch(const std::byte* stack_pointer) {
  TaskControl& from = *schedule.current;
  TaskControl& to = *schedule.next;
  if (from.config != nullptr) {
    const std::byte* const limit = from.config->stack.bytes().data() + kStackGuardBytes;
    const std::size_t more = kContextBytes - INTERRUPT_FRAME_BYTES;  // floats and vectors follow
    require(stack_pointer >= limit + more, "a task's stack is too small");
  }
  if (to.config != nullptr) guard_stack(to);
  const time::Ticks now = time::now();
  from.run_time += now - last_switch;
  last_switch = now;
  ++to.switches;
}

}  // namespace thimble::kernel
#endif
