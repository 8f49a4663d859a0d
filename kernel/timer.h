// Software timers: a function called at a tick to come, once or again and again.
#pragma once

#include "kernel/timeouts.h"

namespace thimble::kernel {

class Timer : private Timeout {
 public:
  /// `callback` runs in the timer interrupt, interrupts off, on the interrupt stack: it must be
  /// short and must not wait; it may give, send with kNoWait, and start and stop timers.
  constexpr explicit Timer(void (*callback)(void* argument), void* argument = nullptr)
      : Timeout{}, callback_(callback), argument_(argument) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Calls at tick `deadline`, then every `period` ticks, if that is not 0. A period does not
  /// drift; a call that comes late is not left out. Starting it again moves it. Callable from
  /// interrupts.
  void start(time::Ticks deadline, std::uint32_t period = 0);

  /// No further calls. Callable from interrupts.
  void stop();

  /// Callable from interrupts.
  [[nodiscard]] bool running() const { return armed(); }

 private:
  static void timer_expired(Timeout& timeout);

  void (*callback_)(void* argument);
  void* argument_;
  std::uint32_t period_ = 0;
};

}  // namespace thimble::kernel
