// What happens at a tick to come, in one list sorted by time: timed waits, software timers, time
// slices. The machine timer is set for the first of them only, so there is no tick in between.
#pragma once

#include <cstdint>

#include "kernel/time.h"

namespace thimble::kernel {

/// Part of whatever waits for a tick. All zero: not in the list.
struct Timeout {
  time::Ticks deadline;
  Timeout* next;
  Timeout** link;  ///< what points at this one; nullptr while it is not in the list
  void (*expired)(Timeout&);

  [[nodiscard]] bool armed() const { return link != nullptr; }
};

/// Calls timeout.expired at `deadline`, in the timer interrupt, once. `timeout` must not be armed.
/// Interrupts must be off.
void arm(Timeout& timeout, time::Ticks deadline);

/// Takes an armed `timeout` back. Interrupts must be off.
void disarm(Timeout& timeout);

}  // namespace thimble::kernel
