// See queue.h. A task waits to receive only while there is no message, and to send only while there
// is no room: who changes that serves it at once, so that no message and no wake-up is lost.
#include "kernel/queue.h"

#include <algorithm>

#include "kernel/schedule.h"

namespace thimble::kernel {
namespace {

using Word [[gnu::may_alias]] = std::uint32_t;

// Messages are short: a loop of words beats a call.
void copy(Word* to, const Word* from, std::uint32_t words) {
  *to = *from;
#pragma clang loop unroll(disable) vectorize(disable)
  while (--words != 0) *++to = *++from;
}

}  // namespace

inline void QueueCore::put(const Word* message) {
  copy(write_, message, words_);
  write_ += words_;
  if (write_ == end_) write_ = start_;
  ++count_;
}

inline void QueueCore::get(Word* message) {
  copy(message, read_, words_);
  read_ += words_;
  if (read_ == end_) read_ = start_;
  --count_;
}

Status QueueCore::send(const Word* message, Deadline deadline) {
  const InterruptState state = interrupts_off();
  if (count_ == capacity_ || !receivers_.empty()) return send_slowly(message, deadline, state);
  put(message);
  restore_interrupts(state);
  return Status::kOk;
}

Status QueueCore::send_slowly(const Word* message, Deadline deadline, InterruptState state) {
  if (count_ == capacity_) {
    return wait_in(senders_, deadline, state, const_cast<Word*>(message));
  }
  void* const target = receivers_.first()->argument;
  if (target == nullptr) {
    put(message);
  } else {
    copy(static_cast<Word*>(target), message, words_);
  }
  wake_and_finish(receivers_, state);
  return Status::kOk;
}

Status QueueCore::receive(Word* message, Deadline deadline) {
  const InterruptState state = interrupts_off();
  if (count_ == 0 || !senders_.empty()) return receive_slowly(message, deadline, state);
  get(message);
  restore_interrupts(state);
  return Status::kOk;
}

Status QueueCore::receive_slowly(Word* message, Deadline deadline, InterruptState state) {
  if (count_ == 0) return wait_in(receivers_, deadline, state, message);
  get(message);
  refill();
  finish(state);
  return Status::kOk;
}

// Lets tasks that wait to send do so while there is room.
void QueueCore::refill() {
  while (!senders_.empty() && count_ < capacity_) {
    const void* const message = senders_.first()->argument;
    if (message != nullptr) put(static_cast<const Word*>(message));
    wake_first(senders_);
    if (message == nullptr) return;  // it claims the room once it runs
  }
}

std::span<QueueCore::Word> QueueCore::claim(Deadline deadline) {
  while (true) {
    const InterruptState state = interrupts_off();
    if (count_ < capacity_) {
      Word* const end = read_ > write_ ? read_ : end_;
      restore_interrupts(state);
      return {write_, end};
    }
    if (wait_in(senders_, deadline, state) != Status::kOk) return {};
  }
}

void QueueCore::commit(std::uint32_t messages) {
  const InterruptState state = interrupts_off();
  write_ += messages * words_;
  if (write_ == end_) write_ = start_;
  count_ += messages;
  for (; !receivers_.empty() && messages > 0; --messages) {
    void* const target = receivers_.first()->argument;
    if (target != nullptr) get(static_cast<Word*>(target));
    wake_first(receivers_);
  }
  refill();
  finish(state);
}

std::span<QueueCore::Word> QueueCore::peek(Deadline deadline) {
  while (true) {
    const InterruptState state = interrupts_off();
    if (count_ > 0) {
      Word* const end = write_ > read_ ? write_ : end_;
      restore_interrupts(state);
      return {read_, end};
    }
    if (wait_in(receivers_, deadline, state) != Status::kOk) return {};
  }
}

void QueueCore::release(std::uint32_t messages) {
  const InterruptState state = interrupts_off();
  read_ += messages * words_;
  if (read_ >= end_) read_ = start_;
  count_ -= messages;
  refill();
  finish(state);
}

void QueueCore::cancel_all() {
  const InterruptState state = interrupts_off();
  kernel::cancel_all(receivers_);
  kernel::cancel_all(senders_);
  finish(state);
}

}  // namespace thimble::kernel
