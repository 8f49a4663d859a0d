// See condition.h.
#include "kernel/condition.h"

#include "kernel/schedule.h"

namespace thimble::kernel {

Status Condition::wait(Mutex& mutex, Deadline deadline) {
  const InterruptState state = interrupts_off();
  mutex.give_away();  // whom it wakes runs once this task waits
  const Status status = wait_in(waiting_, deadline, state);
  while (mutex.lock() != Status::kOk) {
  }
  return status;
}

void Condition::notify_one() {
  const InterruptState state = interrupts_off();
  if (!waiting_.empty()) return wake_and_finish(waiting_, state);
  restore_interrupts(state);
}

void Condition::notify_all() {
  const InterruptState state = interrupts_off();
  while (!waiting_.empty()) wake_first(waiting_);
  finish(state);
}

void Condition::cancel_all() {
  const InterruptState state = interrupts_off();
  kernel::cancel_all(waiting_);
  finish(state);
}

}  // namespace thimble::kernel
