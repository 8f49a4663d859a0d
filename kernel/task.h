// Tasks: functions that run as if each had the core to itself. The most urgent ready task runs;
// tasks of one priority take turns. Everything is static: a task is a Task, a Stack and a
// TaskConfig, all of them global.
//
//     THIMBLE_STACK kernel::Stack<1024> stack;
//     constinit kernel::Task blinker;
//     constexpr kernel::TaskConfig kBlinker{
//         .name = "blinker", .entry = blink, .priority = 5, .stack = stack};
//
//     int kernel::main_task() {
//       blinker.start(kBlinker);
//       kernel::run_tasks();
//     }
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernel/task_control.h"

namespace thimble::kernel {

/// 0, the most urgent, to 31. Checked when compiled.
class Priority {
 public:
  template <typename Integer>
  consteval Priority(Integer level)  // NOLINT(google-explicit-constructor): a number is meant
      : level_(static_cast<std::uint8_t>(level)) {
    if (level < 0 || level > 31) out_of_range();
  }
  [[nodiscard]] constexpr std::uint8_t level() const { return level_; }

 private:
  static void out_of_range() {}  // not constexpr: a wrong priority does not compile
  std::uint8_t level_;
};

/// The lowest bytes of each task's stack, which the safe kernel guards. An interrupt's frame below
/// a stack pointer that is still right lies within, not beyond.
inline constexpr std::size_t kStackGuardBytes = 128;
static_assert(kStackGuardBytes >= INTERRUPT_FRAME_BYTES);

/// Room for the least that a task needs: a call frame, an interrupt frame and a little of its own.
inline constexpr std::size_t kLeastStack = 128 + kContextBytes;

/// A task's stack.
template <std::size_t kBytes>
struct alignas(kSafe ? kStackGuardBytes : 16) Stack {
  static_assert(kBytes % 16 == 0, "a stack's size is a multiple of 16");
  static_assert(kBytes >= kLeastStack, "a stack of less than kLeastStack bytes cannot work");
  std::byte bytes[kBytes + (kSafe ? kStackGuardBytes : 0)]{};
};

/// Declares a global stack where the stacks lie: THIMBLE_STACK Stack<1024> worker_stack; A macro,
/// because only the declaration of a variable can choose its section.
#define THIMBLE_STACK [[gnu::section(".stacks.task")]] constinit

class StackSpan {
 public:
  template <std::size_t kBytes>
  constexpr StackSpan(Stack<kBytes>& stack)  // NOLINT(google-explicit-constructor)
      : bytes_(stack.bytes) {}
  [[nodiscard]] constexpr std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

/// What does not change about a task; it can stay in flash.
struct TaskConfig {
  const char* name;
  void (*entry)(void* argument);
  void* argument = nullptr;
  Priority priority;
  StackSpan stack;
};

class Task : private TaskControl {
 public:
  constexpr Task() : TaskControl{} {}
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  /// Starts it from the beginning of config.entry; when that returns, it is stopped. It must be
  /// stopped. `config` must outlive it. Callable from interrupts.
  void start(const TaskConfig& config);

  /// Ends it, wherever it is. It must hold no mutex that others want. Callable from interrupts; the
  /// running task does not return.
  void stop();

  /// It does not run until resume(), though its waits may end. Callable from interrupts.
  void suspend();
  void resume();

  /// If it waits, its wait ends with kCancelled. Callable from interrupts.
  void cancel_wait();

  /// Callable from interrupts.
  void set_priority(Priority priority);

  /// The one in effect, perhaps inherited.
  [[nodiscard]] std::uint8_t priority() const { return TaskControl::priority; }
  [[nodiscard]] bool stopped() const { return state == TaskState::kStopped; }
  [[nodiscard]] bool waiting() const { return state >= TaskState::kWaiting; }
  [[nodiscard]] const char* name() const;

  /// The running or interrupted task; not before the first one runs.
  [[nodiscard]] static Task& current();

  // For the kernel's own files:
  static const TaskControl& control(const Task& task) { return task; }
  static const Task& of(const TaskControl& control) { return static_cast<const Task&>(control); }
};
static_assert(sizeof(Task) <= 64 || kStatistics);

/// Lets the tasks run, and sleeps when there is nothing to do. Call it in main_task(), once; what
/// ends the program is exit_program().
[[noreturn]] void run_tasks();

/// Lets other tasks of the same priority run. Not for interrupts.
void yield();

/// Sleeps until tick `deadline`, or cancel_wait(). Not for interrupts.
void sleep_until(Deadline deadline);

/// Sleeps for `ticks`. Likewise.
void sleep(time::Ticks ticks);

}  // namespace thimble::kernel
