// See timeouts.h.
#include "kernel/timeouts.h"

#include <cstddef>

#include "drivers/timer.h"
#include "kernel/arch/riscv/interrupts.h"

namespace thimble::kernel {
namespace {

constinit Timeout* first = nullptr;

void timer_interrupt() {
  while (first != nullptr && first->deadline <= time::now()) {
    Timeout& due = *first;
    disarm(due);
    due.expired(due);
  }
}

void set_timer() {
  if (first == nullptr) {
    timer::set_deadline(UINT64_MAX);
    return;
  }
  timer::set_deadline(first->deadline);
  set_handler(Interrupt::kTimer, timer_interrupt);
}

}  // namespace

void arm(Timeout& timeout, time::Ticks deadline) {
  Timeout** link = &first;
  while (*link != nullptr && (*link)->deadline <= deadline) link = &(*link)->next;
  timeout.deadline = deadline;
  timeout.link = link;
  timeout.next = *link;
  if (timeout.next != nullptr) timeout.next->link = &timeout.next;
  *link = &timeout;
  if (link == &first) set_timer();
}

void disarm(Timeout& timeout) {
  Timeout** const link = timeout.link;
  timeout.link = nullptr;
  *link = timeout.next;
  if (timeout.next != nullptr) timeout.next->link = link;
  if (link == &first) set_timer();
}

}  // namespace thimble::kernel
