// See feed.h.
#include "apps/inference/feed.h"

#ifdef THIMBLE_FEED

#include "apps/inference/profile.h"
#include "apps/inference/trace_hook.h"
#include "kernel/counters.h"
#include "kernel/panic.h"
#include "kernel/stack.h"
#include "kernel/trace.h"
#include "runtime/feed.h"
#include "runtime/model.h"

namespace thimble::inference {
namespace {

// The inference under way, or the last one.
struct Progress {
  bool finished = false;
  runtime::Status status;
  std::uint64_t instructions = 0;
};
constinit Progress progress;

// Of a step or a call of a stage, where anybody wants to know.
constexpr runtime::StepHook kHook = kCountsSteps ? count_call : trace::kOn ? trace_step : nullptr;

template <typename Work>
void count(const Work& work) {
  const std::uint64_t start = kernel::instructions_retired();
  progress.status = work();
  progress.instructions += kernel::instructions_retired() - start;
  kernel::require(!kernel::main_stack_overflowed(), "the main stack is too small");
}

void begin() {
  progress = {};
  if constexpr (kCountsSteps) begin_counting(0);
  if constexpr (trace::kOn) {
    trace::start();
    trace::run_begins(kModel.plan);
  }
  count([] { return runtime::feed_begin(*kFedInput, kModel.arena); });
}

void take(std::uint32_t rows) {
  if constexpr (kCountsSteps) go_on_counting();
  count([=] { return runtime::rows_written(*kFedInput, kModel.arena, rows, kHook); });
}

}  // namespace

bool serve_rows(Receiver& receiver, Header header) {
  const bool tells_row = header.length >= sizeof(std::uint32_t);
  const std::uint32_t first = tells_row ? receiver.word() : 0;
  const std::uint32_t bytes = tells_row ? header.length - sizeof first : header.length;
  const std::span<std::byte> place = runtime::next_rows(*kFedInput, kModel.arena);
  const std::uint32_t rows = bytes / kFedInput->row_bytes;
  // Rows that came before, or that there is no room for, are not taken; the answer tells what is.
  const bool fits = tells_row && bytes > 0 && rows * kFedInput->row_bytes == bytes &&
                    bytes <= place.size() && first == runtime::rows_fed(*kFedInput, kModel.arena);
  if (fits) {
    receiver.payload(place.first(bytes));
  } else {
    receiver.skip(bytes);
  }
  if (!receiver.finish()) return false;
  if (tells_row && first == 0 && bytes == 0) {
    begin();
  } else if (fits) {
    take(rows);
  }
  const protocol::FeedAnswer answer{
      .status = progress.status.value,
      .next_row = runtime::rows_fed(*kFedInput, kModel.arena),
      .room = static_cast<std::uint32_t>(runtime::next_rows(*kFedInput, kModel.arena).size() /
                                         kFedInput->row_bytes)};
  header.length = sizeof answer;
  Sender sender(header);
  sender.payload(std::as_bytes(std::span(&answer, 1)));
  sender.finish();
  return true;
}

Finished finish_fed() {
  if (!progress.finished) {
    count([] { return runtime::feed_finish(*kFedInput, kModel.arena, kHook); });
    progress.finished = progress.status.ok();
    if constexpr (trace::kOn) trace::run_ends();
  }
  return {progress.status.value, progress.instructions};
}

bool all_rows_are_fed() {
  return runtime::rows_fed(*kFedInput, kModel.arena) == kFedInput->rows;
}

}  // namespace thimble::inference

#endif
