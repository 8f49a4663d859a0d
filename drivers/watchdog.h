// The watchdog: a fault unless it is fed in time. A board links exactly one implementation, a
// folder of drivers/, if its firmware uses one.
#pragma once

#include "kernel/time.h"

namespace thimble::watchdog {

/// From now on, `patience` ticks without feed() are a fault. Call once.
void start(time::Ticks patience);

/// Callable from anywhere.
void feed();

}  // namespace thimble::watchdog
