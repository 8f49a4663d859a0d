// Which task runs. For the kernel's own files. All functions want interrupts off.
//
// A call that changes something ends in finish() or switch_away(): tail calls, so that a task that
// gives way leaves no more than a call frame on its stack, and interrupts are put back only once.
#pragma once

#include "kernel/arch/riscv/interrupts.h"
#include "kernel/wait_queue.h"

namespace thimble::kernel {

inline constexpr unsigned kPriorities = 32;

/// Used by assembly too.
struct Schedule {
  TaskControl* current;  ///< runs, or was interrupted
  TaskControl* next;     ///< should run: differs from current in an interrupt that woke it
};
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is constinit
extern Schedule schedule asm("kernel_schedule");

/// What runs when no task is ready; in no level.
[[nodiscard]] const TaskControl& idle_task();

/// Adds a task that is not waiting for anything any more. It runs once the caller comes to
/// finish(), if it is more urgent.
void make_ready(TaskControl& task);

/// Takes a ready task out of its level.
void make_unready(TaskControl& task);

/// Chooses schedule.next anew: the first of the most urgent level that has a ready task.
void choose_next();

/// Changes a task's priority in effect, and its place in whatever it stands in.
void set_priority(TaskControl& task, std::uint8_t priority);

/// Lets whoever comes behind the running task in its level run. Not for interrupts.
void give_way(InterruptState state);

/// Ends a task's wait: takes it out of its queue, disarms its timeout, makes it ready.
void end_wait(TaskControl& task, Status result);

/// Like end_wait, for the first task of `queue`, which must not be empty.
TaskControl& wake_first(WaitQueue& queue, Status result = Status::kOk);

/// wake_first() and finish().
void wake_and_finish(WaitQueue& queue, InterruptState state);

/// Wakes all of `queue` with kCancelled.
void cancel_all(WaitQueue& queue);

/// Puts the running task into `queue` (or to sleep, if nullptr) until it is woken or `deadline`
/// passes. switch_away() must follow.
void start_wait(WaitQueue* queue, Deadline deadline, TaskState state = TaskState::kWaiting);

/// Switches to the most urgent ready task; returns the result of the running task's wait.
Status switch_away(InterruptState state);

/// Switches if a more urgent task became ready, unless this is an interrupt, which does it at its
/// end.
void finish(InterruptState state);

/// Waits in `queue`, with `argument` for who wakes it; kTimeout at once if `deadline` is kNoWait.
Status wait_in(WaitQueue& queue, Deadline deadline, InterruptState state, void* argument = nullptr);

}  // namespace thimble::kernel
