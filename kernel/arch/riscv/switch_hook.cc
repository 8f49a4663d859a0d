// What is done at each switch, between two tasks: neither runs. The lean kernel has no hook.
#include "kernel/arch/riscv/protection.h"
#include "kernel/panic.h"
#include "kernel/schedule.h"
#include "kernel/task.h"
#include "kernel/trace.h"

#if THIMBLE_SWITCH_HOOK
namespace thimble::kernel {
namespace {

#if THIMBLE_SAFE
void protect(const TaskControl& from, const TaskControl& to, const std::byte* stack_pointer) {
  if (from.config != nullptr) {
    const std::byte* const limit = from.config->stack.bytes().data() + kStackGuardBytes;
    const std::size_t more = kContextBytes - INTERRUPT_FRAME_BYTES;  // floats and vectors follow
    require(stack_pointer >= limit + more, "a task's stack is too small");
  }
  if (to.config != nullptr) guard_stack(to);
}
#endif

#if THIMBLE_STATISTICS
constinit time::Ticks last_switch = 0;

void count(TaskControl& from, TaskControl& to) {
  const time::Ticks now = time::now();
  from.run_time += now - last_switch;
  last_switch = now;
  ++to.switches;
}
#endif

}  // namespace

/// Called with the registers of schedule.current saved down to `stack_pointer`, interrupts off.
extern "C" void kernel_before_switch([[maybe_unused]] const std::byte* stack_pointer) {
  [[maybe_unused]] TaskControl& from = *schedule.current;  // once: it costs at each switch
  TaskControl& to = *schedule.next;
#if THIMBLE_SAFE
  protect(from, to, stack_pointer);
#endif
#if THIMBLE_STATISTICS
  count(from, to);
#endif
  trace::task_runs(to.config);
}

}  // namespace thimble::kernel
#endif
