// The trace: what the firmware did last, event by event, in a ring that `thimble trace` fetches and
// shows. It exists in firmware built with THIMBLE_TRACE_EVENTS alone; in any other, all of this is
// nothing.
//
// An event is 8 bytes: the low half of the cycle counter, a kind, and 24 bits that say of what.
// Those are mostly the low bits of an address (of a name, a task's configuration, a plan): the host
// finds the rest in the ELF, so that no text is recorded or sent.
//
// Not for tasks in user mode.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernel/config.h"

namespace thimble::trace {

/// Whether there is a trace.
inline constexpr bool kOn = kernel::kTraceEvents != 0;

/// Shared with the host. The argument is the low 24 bits of an address unless another is said.
enum class Kind : std::uint8_t {
  kEpoch = 0,           ///< the high half of the clock went up, by the argument
  kTask = 1,            ///< this task runs from now on: its TaskConfig; 0: none
  kInterruptBegin = 2,  ///< the cause
  kInterruptEnd = 3,    ///< the cause
  kRunBegin = 4,        ///< of a model: its Plan
  kStepEnd = 5,         ///< the step; it began when the one before ended, or the run began
  kRunEnd = 6,          ///< 0
  kMark = 7,            ///< something happened: its name
  kSpanBegin = 8,       ///< something goes on: its name
  kSpanEnd = 9,         ///< its name
};

struct Event {
  std::uint32_t time;  ///< cycles since reset, low half
  std::uint32_t what;  ///< kind in bits 24 to 31, argument below
};
static_assert(sizeof(Event) == 8);

/// Records an event, over the oldest if there is no room. Callable from anywhere.
void record(Kind kind, std::uint32_t argument);

/// What was recorded, oldest first, in two pieces. Times are cycles.
struct Recording {
  std::span<const Event> first;
  std::span<const Event> second;
  std::uint32_t lost;   ///< older events that were overwritten
  std::uint32_t epoch;  ///< the high half of the last event's time
  std::uint64_t begin;  ///< when start() was called, else 0: reset
  std::uint64_t end;    ///< when it was stopped
};

/// Stops the trace and shows what it holds, until start(). Callable from tasks.
[[nodiscard]] Recording stop();

/// Forgets everything and records anew. A trace records from reset on. Callable from tasks.
void start();

/// Records an event about what lies at `address`. Callable from anywhere.
inline void record_address(Kind kind, const void* address) {
  if constexpr (kOn) record(kind, reinterpret_cast<std::uintptr_t>(address) & 0xff'ffffU);
}

inline void task_runs(const void* config) {
  record_address(Kind::kTask, config);
}
inline void run_begins(const void* plan) {
  record_address(Kind::kRunBegin, plan);
}
inline void step_ends([[maybe_unused]] std::uint32_t step) {
  if constexpr (kOn) record(Kind::kStepEnd, step);
}
inline void run_ends() {
  if constexpr (kOn) record(Kind::kRunEnd, 0);
}

/// Notes that something happened. `name` must be a string literal. Callable from anywhere.
inline void mark(const char* name) {
  record_address(Kind::kMark, name);
}

/// Notes that something goes on for as long as the object lives: trace::Span span("filter"); Spans
/// of one task, or one interrupt, nest. `name` must be a string literal. Callable from anywhere.
class Span {
 public:
  explicit Span(const char* name) : name_(name) { record_address(Kind::kSpanBegin, name); }
  ~Span() { record_address(Kind::kSpanEnd, name_); }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

 private:
  const char* name_;
};

}  // namespace thimble::trace
