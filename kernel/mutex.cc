// See mutex.h. Locking and unlocking cost little because a mutex is linked to its holder only while
// somebody waits for it.
#include "kernel/mutex.h"

#include <algorithm>

#include "kernel/panic.h"
#include "kernel/schedule.h"

namespace thimble::kernel {

Status Mutex::lock(Deadline deadline) {
  const InterruptState state = interrupts_off();
  if (holder_ != nullptr) [[unlikely]]
    return contend(deadline, state);
  holder_ = schedule.current;
  restore_interrupts(state);
  return Status::kOk;
}

void Mutex::unlock() {
  const InterruptState state = interrupts_off();
  if (holder_ != schedule.current) [[unlikely]]
    panic("a mutex is unlocked by who does not hold it");
  if (!empty()) [[unlikely]] {
    give_away();
    return finish(state);
  }
  holder_ = nullptr;
  restore_interrupts(state);
}

Status Mutex::contend(Deadline deadline, InterruptState state) {
  if (holder_ == schedule.current) panic("a mutex is locked twice by the same task");
  if (deadline == kNoWait) {
    restore_interrupts(state);
    return Status::kTimeout;
  }
  if (empty()) link_to(*holder_);
  start_wait(this, deadline, TaskState::kForMutex);
  update_priority(*holder_);
  return switch_away(state);
}

void Mutex::give_away() {
  TaskControl& giver = *holder_;
  if (empty()) {
    holder_ = nullptr;
    return;
  }
  unlink();
  holder_ = &wake_first(*this);
  if (!empty()) link_to(*holder_);
  update_priority(giver);
}

void Mutex::cancel_all() {
  const InterruptState state = interrupts_off();
  kernel::cancel_all(*this);
  finish(state);
}

void Mutex::waiter_left() {
  if (empty()) unlink();
  update_priority(*holder_);
}

void Mutex::update_priority(TaskControl& task) {
  TaskControl* next = &task;
  do {  // along the chain of who waits for whom, as far as something changes
    std::uint8_t priority = next->base_priority;
    for (const Mutex* held = next->held; held != nullptr; held = held->next_held_) {
      priority = std::min(priority, held->first()->priority);
    }
    if (priority == next->priority) return;
    set_priority(*next, priority);
    next = next->state == TaskState::kForMutex ? of(*next->queue).holder_ : nullptr;
  } while (next != nullptr);
}

void Mutex::link_to(TaskControl& holder) {
  next_held_ = holder.held;
  holder.held = this;
}

void Mutex::unlink() {
  Mutex** link = &holder_->held;
  while (*link != this) link = &(*link)->next_held_;
  *link = next_held_;
}

}  // namespace thimble::kernel
