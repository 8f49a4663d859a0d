// What the tests of tasks share: tasks that are easy to start, the end of the test, and a record of
// who did what in which order.
#pragma once

#include <string_view>

#include "drivers/exit.h"
#include "drivers/uart.h"
#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/task.h"

namespace thimble::kernel {

/// Ends the test well. For tasks.
[[noreturn]] inline void pass() {
  print("TEST PASSED\n");
  uart::flush();
  exit_program(0);
}

/// A task with its stack, for a function chosen at run time.
template <int kLevel, std::size_t kBytes = 1024 + kContextBytes>
class TestTask : public Task {
 public:
  constexpr TestTask() = default;

  void start(void (*entry)(void*), void* argument = nullptr) {
    config_.entry = entry;
    config_.argument = argument;
    Task::start(config_);
  }

 private:
  Stack<kBytes> stack_{};
  TaskConfig config_{
      .name = "test", .entry = nullptr, .priority = Priority(kLevel), .stack = stack_};
};

/// What happened, a letter each.
class Record {
 public:
  void add(char event) {
    if (length_ < sizeof events_ - 1) events_[length_++] = event;
  }

  /// Panics unless exactly `expected` happened; forgets it.
  void expect(const char* expected, const char* file = __builtin_FILE(),
              unsigned line = __builtin_LINE()) {
    const std::string_view happened(events_, length_);
    events_[length_] = 0;
    length_ = 0;
    if (happened == expected) return;
    print("\nhappened: ");
    print(events_);
    print(", expected: ");
    print(expected);
    panic("events in a wrong order", file, line);
  }

 private:
  char events_[64] = {};
  unsigned length_ = 0;
};

}  // namespace thimble::kernel
