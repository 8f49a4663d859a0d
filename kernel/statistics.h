// What the kernel knows about each task's past, where THIMBLE_STATISTICS is on: the safe kernel,
// and whoever asks for it.
#pragma once

#include <cstdint>

#include "kernel/stack.h"
#include "kernel/task.h"

namespace thimble::kernel {

#if THIMBLE_STATISTICS
struct TaskStatistics {
  time::Ticks run_time;    ///< ticks of the core it had
  std::uint32_t switches;  ///< how often it was chosen to run
  StackUse stack;          ///< without its guard
};

/// Takes time in proportion to the unused stack. Callable from anywhere.
[[nodiscard]] TaskStatistics statistics(const Task& task);

/// Ticks for which no task wanted to run.
[[nodiscard]] time::Ticks idle_time();

/// All tasks that were ever started, in order; nullptr before the first and after the last:
/// for (const Task* task = next_task(nullptr); task != nullptr; task = next_task(task)) ...
[[nodiscard]] const Task* next_task(const Task* task);

/// Makes `task` known and paints its stack. Kernel's own use.
void note_start(TaskControl& task, std::span<std::byte> stack);
#endif

}  // namespace thimble::kernel
