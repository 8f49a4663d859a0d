// 32 flags that tasks and interrupts set and tasks wait for, one, some or all of a set.
#pragma once

#include "kernel/wait_queue.h"

namespace thimble::kernel {

class EventFlags {
 public:
  enum class Want : std::uint8_t { kAny, kAll };
  enum class Then : std::uint8_t { kClear, kKeep };  ///< what becomes of the flags waited for

  constexpr EventFlags() = default;
  EventFlags(const EventFlags&) = delete;
  EventFlags& operator=(const EventFlags&) = delete;

  /// Sets flags; every task whose wait that fulfils goes on, the most urgent ones first. Callable
  /// from interrupts.
  void set(std::uint32_t flags);

  /// Callable from interrupts.
  void clear(std::uint32_t flags);

  /// Waits until any or all of `flags` are set. In interrupts with kNoWait only.
  Status wait(std::uint32_t flags, Want want = Want::kAny, Then then = Then::kClear,
              Deadline deadline = kForever);

  /// Ends all waits with kCancelled. Callable from interrupts.
  void cancel_all();

  [[nodiscard]] std::uint32_t flags() const { return flags_; }

 private:
  struct Request;
  bool fulfil(const Request& request);

  WaitQueue waiting_;
  std::uint32_t flags_ = 0;
};

}  // namespace thimble::kernel
