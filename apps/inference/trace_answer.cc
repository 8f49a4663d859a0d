// See trace_answer.h.
#include "apps/inference/trace_answer.h"

#include "kernel/trace.h"

#if THIMBLE_TRACE_EVENTS
namespace thimble::inference {
namespace {

std::uint32_t low(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}

std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32U);
}

}  // namespace

void send_trace(Header header) {
  const trace::Recording recording = trace::stop();
  const protocol::TraceAnswer answer{.lost = recording.lost,
                                     .epoch = recording.epoch,
                                     .begin_low = low(recording.begin),
                                     .begin_high = high(recording.begin),
                                     .end_low = low(recording.end),
                                     .end_high = high(recording.end)};
  header.length = sizeof answer + recording.first.size_bytes() + recording.second.size_bytes();
  Sender sender(header);
  sender.payload(std::as_bytes(std::span(&answer, 1)));
  sender.payload(std::as_bytes(recording.first));
  sender.payload(std::as_bytes(recording.second));
  sender.finish();
  trace::start();
}

}  // namespace thimble::inference
#endif
