// See feed.h. The stream is followed as far as the caller's rows allow; the position in its ops is
// kept in the arena. Linked only if a plan is fed.
#include "runtime/feed.h"

#include <cstring>

#include "runtime/stream_walk.h"

namespace thimble::runtime {
namespace {

constexpr std::uint32_t kIdle = 0;  // of the state; else the position, counted from 1

class Feeding {
 public:
  Feeding(const FedInput& input, std::byte* arena)
      : input_(input),
        step_(input.plan->steps[0]),
        stream_(*static_cast<const Stream*>(step_.detail)),
        state_(*reinterpret_cast<std::uint32_t*>(arena + input.state)),
        walk_(step_, arena) {}

  void begin() {
    walk_.begin(step_);
    walk_.rows(caller()) = 0;
    state_ = 1;
  }
  void end() { state_ = kIdle; }

  // What was never begun may say anything.
  [[nodiscard]] bool is_under_way() const {
    return state_ != kIdle && state_ - 1 <= stream_.op_bytes;
  }
  [[nodiscard]] bool is_through() const { return state_ - 1 == stream_.op_bytes; }
  [[nodiscard]] std::uint32_t rows_fed() { return walk_.rows(caller()); }
  [[nodiscard]] std::byte* next_row() { return walk_.row(input_.window, rows_fed()); }

  // Rows that are waited for one after the other, with nothing in between.
  [[nodiscard]] std::uint32_t room() const {
    std::uint32_t count = 0;
    for (const std::uint8_t* op = position(); op != end_of_ops() && *op == caller(); ++op) ++count;
    return count;
  }

  void take(std::uint32_t rows) {
    walk_.rows(caller()) = static_cast<std::uint16_t>(rows_fed() + rows);
    state_ += rows;
  }

  // To the next row that is waited for, or the end. A Status's value.
  [[gnu::noinline]] std::uint32_t go_on(StepHook hook, void* context) {
    for (const std::uint8_t* op = position(); op != end_of_ops() && *op != caller();) {
      std::uint32_t stage = *op;
      if (stage < kSlide) {
        walk_.call(stage);
        ++op;
        ++state_;
      } else {
        op += 3;
        state_ += 3;
        if (stage != kCallRows) {
          walk_.slide(stage - kSlide, op[-2], op[-1]);
          continue;
        }
        stage = op[-2];
        walk_.call(stage, op[-1]);
      }
      ++stage;
      if (hook != nullptr && !hook(context, stage))
        return Status::at(StatusCode::kCancelled, stage).value;
    }
    return 0;
  }

 private:
  [[nodiscard]] unsigned caller() const { return step_.workgroups[0]; }
  [[nodiscard]] const std::uint8_t* position() const { return stream_.ops + (state_ - 1); }
  [[nodiscard]] const std::uint8_t* end_of_ops() const { return stream_.ops + stream_.op_bytes; }

  const FedInput& input_;
  const Step& step_;
  const Stream& stream_;
  std::uint32_t& state_;
  StreamWalk walk_;
};

// The steps behind the stream, as a plan, count from 0.
struct Behind {
  std::uint32_t first;
  StepHook hook;
  void* context;
};

bool step_behind(void* context, std::uint32_t step) {
  const auto& behind = *static_cast<const Behind*>(context);
  return behind.hook(behind.context, step + behind.first);
}

std::uint32_t status(StatusCode code) {
  return Status::at(code, 0).value;
}

}  // namespace

extern "C" std::uint32_t thimble_feed_begin(const FedInput* input, std::byte* arena,
                                            std::size_t arena_bytes) {
  if (arena_bytes < input->plan->arena_bytes ||
      reinterpret_cast<std::uintptr_t>(arena) % kArenaAlignment != 0)
    return status(StatusCode::kBadArena);
  Feeding feeding(*input, arena);
  feeding.begin();
  return feeding.go_on(nullptr, nullptr);
}

extern "C" std::byte* thimble_next_rows(const FedInput* input, std::byte* arena,
                                        std::uint32_t* count) {
  Feeding feeding(*input, arena);
  *count = feeding.is_under_way() ? feeding.room() : 0;
  return *count == 0 ? nullptr : feeding.next_row();
}

extern "C" std::uint32_t thimble_rows_written(const FedInput* input, std::byte* arena,
                                              std::uint32_t count, StepHook hook, void* context) {
  Feeding feeding(*input, arena);
  if (!feeding.is_under_way()) return status(StatusCode::kNotBegun);
  if (count > feeding.room()) return status(StatusCode::kTooManyRows);
  feeding.take(count);
  return feeding.go_on(hook, context);
}

extern "C" std::uint32_t thimble_feed_rows(const FedInput* input, std::byte* arena,
                                           const void* rows, std::uint32_t count, StepHook hook,
                                           void* context) {
  Feeding feeding(*input, arena);
  if (!feeding.is_under_way()) return status(StatusCode::kNotBegun);
  if (count > input->rows - feeding.rows_fed()) return status(StatusCode::kTooManyRows);
  const auto* from = static_cast<const std::byte*>(rows);
  for (std::uint32_t stopped = feeding.go_on(hook, context);;
       stopped = feeding.go_on(hook, context)) {
    if (stopped != 0 || count == 0) return stopped;
    const std::uint32_t room = feeding.room();
    const std::uint32_t now = count < room ? count : room;
    const std::size_t bytes = std::size_t{now} * input->row_bytes;
    std::memcpy(feeding.next_row(), from, bytes);
    from += bytes;
    count -= now;
    feeding.take(now);
  }
}

extern "C" std::uint32_t thimble_feed_finish(const FedInput* input, std::byte* arena, StepHook hook,
                                             void* context) {
  Feeding feeding(*input, arena);
  if (!feeding.is_under_way()) return status(StatusCode::kNotBegun);
  const std::uint32_t stopped = feeding.go_on(hook, context);
  if (stopped != 0) return stopped;
  if (!feeding.is_through()) return status(StatusCode::kRowsMissing);
  feeding.end();
  Plan rest = *input->plan;
  Behind behind{1U + rest.steps[0].workgroups[0], hook, context};
  rest.steps += behind.first;
  rest.step_count -= behind.first;
  const Status result{thimble_run(&rest, arena, rest.arena_bytes,
                                  hook == nullptr ? nullptr : step_behind, &behind)};
  return result.ok() ? 0 : Status::at(result.code(), result.step() + behind.first).value;
}

extern "C" std::uint32_t thimble_rows_fed(const FedInput* input, std::byte* arena) {
  Feeding feeding(*input, arena);
  return feeding.is_under_way() ? feeding.rows_fed() : 0;
}

extern "C" std::uint32_t thimble_run_unfed(const Plan* /*plan*/, std::uint32_t number,
                                           std::byte* /*arena*/, StepHook /*hook*/,
                                           void* /*context*/) {
  return Status::at(StatusCode::kRowsMissing, number).value;
}

}  // namespace thimble::runtime
