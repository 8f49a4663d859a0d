// See event_flags.h.
#include "kernel/event_flags.h"

#include "kernel/schedule.h"

namespace thimble::kernel {

// What a task waits for; lies on its stack meanwhile.
struct EventFlags::Request {
  std::uint32_t flags;
  Want want;
  Then then;
};

bool EventFlags::fulfil(const Request& request) {
  const std::uint32_t there = flags_ & request.flags;
  if (request.want == Want::kAll ? there != request.flags : there == 0) return false;
  if (request.then == Then::kClear) flags_ &= ~request.flags;
  return true;
}

void EventFlags::set(std::uint32_t flags) {
  const InterruptState state = interrupts_off();
  flags_ |= flags;
  for (TaskControl* task = waiting_.first(); task != nullptr;) {
    TaskControl& candidate = *task;
    task = task->next;
    if (fulfil(*static_cast<const Request*>(candidate.argument))) end_wait(candidate, Status::kOk);
  }
  finish(state);
}

void EventFlags::clear(std::uint32_t flags) {
  const InterruptLock lock;
  flags_ &= ~flags;
}

Status EventFlags::wait(std::uint32_t flags, Want want, Then then, Deadline deadline) {
  Request request{flags, want, then};
  const InterruptState state = interrupts_off();
  if (fulfil(request)) {
    restore_interrupts(state);
    return Status::kOk;
  }
  return wait_in(waiting_, deadline, state, &request);  // `request` outlives the wait: no tail call
}

void EventFlags::cancel_all() {
  const InterruptState state = interrupts_off();
  kernel::cancel_all(waiting_);
  finish(state);
}

}  // namespace thimble::kernel
