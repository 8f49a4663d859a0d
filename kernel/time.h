// Time: monotonic ticks of the machine timer.
#pragma once

#include <cstdint>

#include "board.h"

namespace thimble::time {

using Ticks = std::uint64_t;

inline constexpr Ticks kTicksPerSecond = board::kTimerHz;
inline constexpr Ticks kTicksPerMillisecond = kTicksPerSecond / 1000;

/// Ticks since reset. Callable from anywhere.
[[nodiscard]] Ticks now();

/// Returns once now() has reached `deadline`; the core sleeps until then. Not for interrupts.
void sleep_until(Ticks deadline);

}  // namespace thimble::time
