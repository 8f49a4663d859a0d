// Mutual exclusion with priority inheritance: while a task holds a mutex, it is as urgent as the
// most urgent task that waits for it, directly or through other mutexes.
#pragma once

#include "kernel/arch/riscv/interrupts.h"
#include "kernel/wait_queue.h"

namespace thimble::kernel {

class Mutex : private WaitQueue {
 public:
  constexpr Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  /// Waits until nobody holds it, then holds it. Locking what one holds is a bug, and panics. Not
  /// for interrupts.
  Status lock(Deadline deadline = kForever);

  /// Gives it to the most urgent task that waits, if any. Panics if another task holds it. Not for
  /// interrupts.
  void unlock();

  /// Ends all waits for it with kCancelled. Whoever holds it keeps it.
  void cancel_all();

  // For the kernel's own files, with interrupts off:

  /// The mutex whose waiting tasks `queue` are.
  static Mutex& of(WaitQueue& queue) { return static_cast<Mutex&>(queue); }

  /// Who holds it, or nullptr.
  [[nodiscard]] const TaskControl* holder() const { return holder_; }

  /// A task has left the queue without getting it: its holder may have become less urgent.
  void waiter_left();

  /// Unlocks without switching to whom it wakes.
  void give_away();

  /// Makes a task as urgent as it must be: by itself, and by who waits for mutexes it holds.
  static void update_priority(TaskControl& task);

 private:
  Status contend(Deadline deadline, InterruptState state);
  void link_to(TaskControl& holder);
  void unlink();

  TaskControl* holder_ = nullptr;
  Mutex* next_held_ = nullptr;
};
static_assert(sizeof(Mutex) <= 16);

/// Holds a mutex while it lives. A wait that is cancelled begins again: it must not be left
/// without.
class MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) : mutex_(mutex) {
    while (mutex.lock() != Status::kOk) {
    }
  }
  ~MutexLock() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace thimble::kernel
