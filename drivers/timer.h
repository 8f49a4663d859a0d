// The machine timer: a free-running 64-bit counter and one deadline. A board links exactly one
// implementation, a folder of drivers/.
#pragma once

#include <cstdint>

namespace thimble::timer {

/// Ticks since reset; board::kTimerHz of them are a second. Never goes back. Callable from
/// anywhere.
[[nodiscard]] std::uint64_t now();

/// The timer's interrupt is pending from tick `deadline` on, and not before. Callable from
/// anywhere.
void set_deadline(std::uint64_t deadline);

}  // namespace thimble::timer
