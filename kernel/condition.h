// A condition variable: tasks wait, without a mutex they hold, for what others change under it.
//
//     kernel::MutexLock lock(mutex);
//     while (!full) static_cast<void>(changed.wait(mutex));
#pragma once

#include "kernel/mutex.h"

namespace thimble::kernel {

class Condition {
 public:
  constexpr Condition() = default;
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  /// Unlocks `mutex`, waits to be notified, locks it again: also after kTimeout and kCancelled. No
  /// notification between unlocking and waiting is missed. Not for interrupts.
  Status wait(Mutex& mutex, Deadline deadline = kForever);

  /// Wakes the most urgent task that waits. Callable from interrupts.
  void notify_one();

  /// Wakes all. Callable from interrupts.
  void notify_all();

  /// Ends all waits with kCancelled. Callable from interrupts.
  void cancel_all();

 private:
  WaitQueue waiting_;
};

}  // namespace thimble::kernel
