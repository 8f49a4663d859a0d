// What the kernel keeps about a task. For the kernel's own files; applications see kernel/task.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/arch/riscv/context.h"
#include "kernel/config.h"
#include "kernel/status.h"
#include "kernel/timeouts.h"

namespace thimble::kernel {

struct TaskConfig;
class Mutex;
class WaitQueue;

enum class TaskState : std::uint8_t {
  kStopped,   ///< not started, or ended
  kReady,     ///< running or about to, unless it is suspended
  kWaiting,   ///< in a wait queue, or asleep if there is none
  kForMutex,  ///< in the wait queue of a mutex
};

struct TaskControl {
  std::uintptr_t context;  ///< stack pointer and frame type while it does not run
  Status result;           ///< of the wait that ended last
  TaskControl* next;       ///< in its level's ring if ready, else in its wait queue
  const TaskConfig* config;
  std::uint8_t priority;       ///< in effect: its own, or inherited
  std::uint8_t base_priority;  ///< its own
  TaskState state;
  bool suspended;
  WaitQueue* queue;  ///< where it waits
  void* argument;    ///< of the wait: where a message goes to or comes from, which flags
  Mutex* held;       ///< the mutexes it holds and others wait for, linked
  Timeout timeout;   ///< ends the wait
#if THIMBLE_SAFE
  std::uint32_t switches;   ///< how often it was chosen
  TaskControl* next_known;  ///< of all that were ever started
  std::uint64_t run_time;   ///< ticks
#endif
};
static_assert(sizeof(TaskControl) <= (kSafe ? 72 : 56));
static_assert(offsetof(TaskControl, context) == TASK_CONTEXT);
static_assert(offsetof(TaskControl, result) == TASK_RESULT);

}  // namespace thimble::kernel
