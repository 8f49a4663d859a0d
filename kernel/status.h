// How a call that may block ended.
#pragma once

#include <cstdint>

#include "kernel/time.h"

namespace thimble::kernel {

enum class [[nodiscard]] Status : std::uint32_t {
  kOk,
  kTimeout,    ///< the deadline passed first
  kCancelled,  ///< Task::cancel_wait() or the object's cancel_all() ended the wait
};

/// The tick (kernel/time.h) until which a call may block. time::after() makes one from a duration.
using Deadline = time::Ticks;
inline constexpr Deadline kNoWait = 0;  ///< don't block: the only one allowed in interrupts
inline constexpr Deadline kForever = UINT64_MAX;

}  // namespace thimble::kernel
