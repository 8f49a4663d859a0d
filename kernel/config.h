// What an application may choose about the kernel, for C++ and assembly alike, hence macros. The
// defaults make the lean kernel; override them with -D or in a kernel_config.h on the include path.
#pragma once

#if __has_include("kernel_config.h")
#include "kernel_config.h"
#endif

// 1: the safe kernel, with stack guards, checks of use and statistics for each task.
#ifndef THIMBLE_SAFE
#define THIMBLE_SAFE 0
#endif

// 1: for each task, the time it had, its switches and the most stack it used (kernel/statistics.h).
#ifndef THIMBLE_STATISTICS
#define THIMBLE_STATISTICS THIMBLE_SAFE
#endif
#if THIMBLE_SAFE && !THIMBLE_STATISTICS
#error "the safe kernel's fault reports need THIMBLE_STATISTICS"
#endif

// How many events the trace holds (kernel/trace.h), a power of two; 0: there is no trace.
#ifndef THIMBLE_TRACE_EVENTS
#define THIMBLE_TRACE_EVENTS 0
#endif

// Switches are noted.
#define THIMBLE_SWITCH_HOOK (THIMBLE_STATISTICS || THIMBLE_TRACE_EVENTS)

// How long a task runs before others of its priority have their turn; 0: until it gives way.
#ifndef THIMBLE_TIME_SLICE_US
#define THIMBLE_TIME_SLICE_US 10000
#endif

// 1: a fault of the safe kernel resets the machine; the next boot shows the report. 0: it ends the
// program.
#ifndef THIMBLE_RESET_ON_FAULT
#define THIMBLE_RESET_ON_FAULT 0
#endif

// The stack that all interrupt handlers share, and the callbacks of software timers.
#ifndef THIMBLE_INTERRUPT_STACK_BYTES
#define THIMBLE_INTERRUPT_STACK_BYTES 1024
#endif

#ifndef __ASSEMBLER__
#include <cstddef>

namespace thimble::kernel {

inline constexpr bool kSafe = THIMBLE_SAFE != 0;
inline constexpr bool kStatistics = THIMBLE_STATISTICS != 0;
inline constexpr std::size_t kTraceEvents = THIMBLE_TRACE_EVENTS;
static_assert((kTraceEvents & (kTraceEvents - 1)) == 0, "THIMBLE_TRACE_EVENTS: a power of two");
inline constexpr bool kResetOnFault = THIMBLE_RESET_ON_FAULT != 0;
inline constexpr unsigned kTimeSliceMicroseconds = THIMBLE_TIME_SLICE_US;
inline constexpr std::size_t kInterruptStackBytes = THIMBLE_INTERRUPT_STACK_BYTES;
static_assert(kInterruptStackBytes % 16 == 0 && kInterruptStackBytes >= 256,
              "THIMBLE_INTERRUPT_STACK_BYTES: a multiple of 16, at least 256");

}  // namespace thimble::kernel
#endif
