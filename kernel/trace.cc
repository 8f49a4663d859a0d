// See trace.h.
#include "kernel/trace.h"

#include "kernel/arch/riscv/interrupts.h"
#include "kernel/counters.h"

#if THIMBLE_TRACE_EVENTS
namespace thimble::trace {
namespace {

using kernel::InterruptLock;
using kernel::kTraceEvents;

constinit Event ring[kTraceEvents] = {};
constinit std::uint32_t count = 0;  // recorded since start(), those overwritten included
constinit std::uint32_t epoch = 0;  // the high half of the clock at the last event
constinit bool stopped = false;
constinit std::uint64_t started = 0;

void put(std::uint64_t now, Kind kind, std::uint32_t argument) {
  ring[count % kTraceEvents] = {static_cast<std::uint32_t>(now),
                                (static_cast<std::uint32_t>(kind) << 24U) | argument};
  ++count;
}

}  // namespace

void record(Kind kind, std::uint32_t argument) {
  const InterruptLock lock;
  if (stopped) return;
  const std::uint64_t now = kernel::cycles();
  const auto high = static_cast<std::uint32_t>(now >> 32U);
  if (high != epoch) {
    put(now, Kind::kEpoch, (high - epoch) & 0xff'ffffU);
    epoch = high;
  }
  put(now, kind, argument & 0xff'ffffU);
}

Recording stop() {
  const InterruptLock lock;
  stopped = true;
  const std::span<const Event> all(ring);
  Recording recording{all, {}, 0, epoch, started, kernel::cycles()};
  if (count <= kTraceEvents) {
    recording.first = all.first(count);
    return recording;
  }
  const std::uint32_t oldest = count % kTraceEvents;
  recording.first = all.subspan(oldest);
  recording.second = all.first(oldest);
  recording.lost = count - kTraceEvents;
  return recording;
}

void start() {
  const InterruptLock lock;
  count = 0;
  started = kernel::cycles();
  epoch = static_cast<std::uint32_t>(started >> 32U);
  stopped = false;
}

}  // namespace thimble::trace
#endif
