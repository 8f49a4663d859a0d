// A counting semaphore: a number of permissions to go on, given by tasks or interrupts.
#pragma once

#include "kernel/wait_queue.h"

namespace thimble::kernel {

class Semaphore {
 public:
  /// `count` permissions at first, `limit` at most.
  constexpr explicit Semaphore(std::uint16_t count = 0, std::uint16_t limit = UINT16_MAX)
      : count_(count), limit_(limit) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// Takes one permission, waiting for it. In interrupts with kNoWait only.
  Status take(Deadline deadline = kForever);

  /// Gives one permission, to the most urgent task that waits if there is one. It is lost if there
  /// are `limit` already. Callable from interrupts.
  void give();

  /// Ends all waits with kCancelled. Callable from interrupts.
  void cancel_all();

  [[nodiscard]] std::uint16_t count() const { return count_; }

 private:
  WaitQueue waiting_;
  std::uint16_t count_;
  std::uint16_t limit_;
};
static_assert(sizeof(Semaphore) <= 8);

}  // namespace thimble::kernel
