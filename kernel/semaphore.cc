// See semaphore.h.
#include "kernel/semaphore.h"

#include "kernel/schedule.h"

namespace thimble::kernel {

Status Semaphore::take(Deadline deadline) {
  const InterruptState state = interrupts_off();
  if (count_ == 0) return wait_in(waiting_, deadline, state);
  --count_;
  restore_interrupts(state);
  return Status::kOk;
}

void Semaphore::give() {
  const InterruptState state = interrupts_off();
  if (!waiting_.empty()) return wake_and_finish(waiting_, state);
  if (count_ < limit_) ++count_;
  restore_interrupts(state);
}

void Semaphore::cancel_all() {
  const InterruptState state = interrupts_off();
  kernel::cancel_all(waiting_);
  finish(state);
}

}  // namespace thimble::kernel
