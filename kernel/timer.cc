// See timer.h.
#include "kernel/timer.h"

#include "kernel/arch/riscv/interrupts.h"

namespace thimble::kernel {

void Timer::start(time::Ticks first, std::uint32_t period) {
  const InterruptLock lock;
  if (armed()) disarm(*this);
  period_ = period;
  expired = timer_expired;
  arm(*this, first);
}

void Timer::stop() {
  const InterruptLock lock;
  if (armed()) disarm(*this);
}

void Timer::timer_expired(Timeout& timeout) {
  auto& timer = static_cast<Timer&>(timeout);
  if (timer.period_ != 0) arm(timer, timer.deadline + timer.period_);
  timer.callback_(timer.argument_);
}

}  // namespace thimble::kernel
