// See statistics.h.
#include "kernel/statistics.h"

#include <algorithm>

#include "kernel/arch/riscv/interrupts.h"
#include "kernel/arch/riscv/stack_paint.h"
#include "kernel/schedule.h"

#if THIMBLE_STATISTICS
namespace thimble::kernel {
namespace {

// The lowest bytes of a stack that nobody may touch.
constexpr std::size_t kGuard = kSafe ? kStackGuardBytes : 0;

constinit TaskControl* known = nullptr;
constinit TaskControl** last_known = &known;

}  // namespace

TaskStatistics statistics(const Task& task) {
  const InterruptLock lock;
  const TaskControl& control = Task::control(task);
  const std::span<std::byte> stack = control.config->stack.bytes();
  return {control.run_time, control.switches,
          stack_use(stack.data() + kGuard, stack.data() + stack.size())};
}

time::Ticks idle_time() {
  const InterruptLock lock;
  return idle_task().run_time;
}

const Task* next_task(const Task* task) {
  const TaskControl* const next = task == nullptr ? known : Task::control(*task).next_known;
  return next == nullptr ? nullptr : &Task::of(*next);
}

void note_start(TaskControl& task, std::span<std::byte> stack) {
  const bool is_known = task.next_known != nullptr || last_known == &task.next_known;
  if (!is_known) {
    *last_known = &task;
    last_known = &task.next_known;
  }
  auto* const words = reinterpret_cast<std::uint32_t*>(stack.data());
  // Safety: the stack of a task that does not run, and not the guard, which may be on.
  std::fill(words + kGuard / 4, words + stack.size() / 4, STACK_PAINT);
}

}  // namespace thimble::kernel
#endif
