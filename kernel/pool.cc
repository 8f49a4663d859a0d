// See pool.h.
#include "kernel/pool.h"

#include "kernel/schedule.h"

namespace thimble::kernel {

void* PoolCore::take(Deadline deadline) {
  const InterruptState state = interrupts_off();
  void* block = free_;
  if (block != nullptr) {
    free_ = *static_cast<void**>(block);
  } else if (unused_ != end_) {
    block = unused_;
    unused_ += block_;
  } else {
    TaskControl& task = *schedule.current;
    return wait_in(waiting_, deadline, state) == Status::kOk ? task.argument : nullptr;
  }
  restore_interrupts(state);
  return block;
}

void PoolCore::give(void* block) {
  const InterruptState state = interrupts_off();
  if (!waiting_.empty()) {
    waiting_.first()->argument = block;
    return wake_and_finish(waiting_, state);
  }
  *static_cast<void**>(block) = free_;
  free_ = block;
  restore_interrupts(state);
}

void PoolCore::cancel_all() {
  const InterruptState state = interrupts_off();
  kernel::cancel_all(waiting_);
  finish(state);
}

}  // namespace thimble::kernel
