// Random networks whose input is fed row by row, some rows a call, against the same layers computed
// one after the other; and what is wrong with plans and callers.
#include <gtest/gtest.h>

#include <functional>

#include "compiler/plan/check.h"
#include "compiler/plan/random_layers.h"
#include "compiler/plan/stream_ops.h"

namespace thimble::plan {
namespace {

using runtime::StatusCode;

constexpr int kRounds = 4;
constexpr std::byte kDirt{0x5a};

// An arena between bytes that must stay as they are.
class GuardedArena {
 public:
  explicit GuardedArena(std::uint64_t bytes) : memory_(bytes + 3 * kGuard, kDirt), bytes_(bytes) {}

  [[nodiscard]] std::span<std::byte> bytes() {
    const auto misaligned = reinterpret_cast<std::uintptr_t>(memory_.data()) % kGuard;
    return std::span(memory_).subspan(2 * kGuard - misaligned, bytes_);
  }
  [[nodiscard]] bool is_intact() {
    const auto is_dirt = [](std::byte byte) { return byte == kDirt; };
    const std::span<std::byte> inside = bytes();
    return std::all_of(memory_.data(), inside.data(), is_dirt) &&
           std::all_of(inside.data() + bytes_, memory_.data() + memory_.size(), is_dirt);
  }

 private:
  static constexpr std::size_t kGuard = runtime::kArenaAlignment;
  std::vector<std::byte> memory_;
  std::uint64_t bytes_;
};

// The rows between 1 and `most` that a call brings; some into the place that is told.
void feed_all(RandomLayers& random, const runtime::FedInput& input, std::span<std::byte> arena,
              const std::vector<std::byte>& rows, int most) {
  ASSERT_TRUE(runtime::feed_begin(input, arena).ok());
  for (std::uint32_t row = 0; row < input.rows;) {
    ASSERT_EQ(runtime::rows_fed(input, arena), row);
    auto count = std::min(static_cast<std::uint32_t>(random.pick(1, most)), input.rows - row);
    const std::byte* const from = rows.data() + std::size_t{row} * input.row_bytes;
    if (random.pick(0, 1) == 0) {
      const std::span<std::byte> place = runtime::next_rows(input, arena);
      ASSERT_GE(place.size(), input.row_bytes);
      count = std::min(count, static_cast<std::uint32_t>(place.size() / input.row_bytes));
      std::copy_n(from, std::size_t{count} * input.row_bytes, place.begin());
      ASSERT_TRUE(runtime::rows_written(input, arena, count).ok());
    } else {
      ASSERT_TRUE(runtime::feed_rows(input, arena, from, count).ok());
    }
    row += count;
  }
  EXPECT_TRUE(runtime::next_rows(input, arena).empty());
  ASSERT_TRUE(runtime::feed_finish(input, arena).ok());
}

void expect_exact(RandomLayers& random, const Layers& net, const Plan& plan) {
  ASSERT_TRUE(plan.feed.has_value());
  const Tables tables(plan, net);
  GuardedArena arena(plan.arena_bytes);
  for (const int most : {1, net.shapes[0].height + 2, 3}) {
    const std::vector<std::byte> input = random.bytes(net.shapes[0].bytes());
    feed_all(random, tables.fed_input(), arena.bytes(), input, most);
    const auto output = arena.bytes().subspan(plan.outputs[0].offset, plan.outputs[0].length);
    EXPECT_EQ(std::vector<std::byte>(output.begin(), output.end()), net.expected(input));
    EXPECT_TRUE(arena.is_intact());
  }
}

Goal fed(std::optional<std::uint64_t> arena_bytes, const Layers& net) {
  return {arena_bytes, .03, true, net.shapes[0].height};
}

class FedInputs : public testing::TestWithParam<int> {};

TEST_P(FedInputs, GiveWhatTheirLayersGive) {
  RandomLayers random(static_cast<unsigned>(GetParam()) + 100);
  int windows = 0;  // smaller than the input
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const Layers net = random.make();
    const auto plan = net.plan(fed({}, net));
    if (!plan) {  // some read the input again at their end
      EXPECT_EQ(plan.error().code, ExitCode::kBadModel) << plan.error().message;
      continue;
    }
    expect_exact(random, net, *plan);
    const auto least = net.plan(fed(0, net));
    ASSERT_TRUE(least.has_value()) << least.error().message;
    EXPECT_LE(least->arena_bytes, plan->arena_bytes);
    expect_exact(random, net, *least);
    const auto allowed = (least->arena_bytes + plan->arena_bytes) / 2;
    const auto between = net.plan(fed(allowed, net));
    ASSERT_TRUE(between.has_value()) << between.error().message;
    EXPECT_LE(between->arena_bytes, allowed);
    expect_exact(random, net, *between);
    for (const auto* made : {&*plan, &*least, &*between})
      windows += made->feed->window_rows < made->feed->rows ? 1 : 0;
  }
  EXPECT_GT(windows, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FedInputs, testing::Range(1, 9));

// A network whose plan slides the input's window, and keeps rows then.
struct Sliding {
  Layers net;
  Plan plan;
};

// The first slide of the input's window that keeps rows: the number of them, or null.
std::uint8_t* rows_kept(Plan& plan) {
  Stream& stream = plan.streams[0];
  for (const StreamOp& op : read_ops(stream.ops, {})) {
    if (op.slides && op.kept > 0 && stream.windows[op.number].writer == stream.stages)
      return &stream.ops[op.position + 2];
  }
  return nullptr;
}

const Sliding& sliding() {
  static const Sliding found = [] {
    RandomLayers random(7);
    for (;;) {
      Layers net = random.make();
      auto plan = net.plan(fed(0, net));
      if (plan && rows_kept(*plan) != nullptr) return Sliding{std::move(net), *std::move(plan)};
    }
  }();
  return found;
}

Status check_of_sliding(const std::function<void(Plan&)>& change) {
  Plan changed = sliding().plan;
  change(changed);
  return check(changed);
}

TEST(FeedCheck, ThePlanItselfPasses) {
  EXPECT_TRUE(check_of_sliding([](Plan&) {}).has_value());
}

TEST(FeedCheck, AWindowThatIsTooSmallIsCaught) {
  EXPECT_FALSE(check_of_sliding([](Plan& changed) {
                 for (Stream::Window& window : changed.streams[0].windows) {
                   if (window.writer == changed.streams[0].stages)
                     window.bytes -= static_cast<std::uint64_t>(window.row_bytes);
                 }
               }).has_value());
}

TEST(FeedCheck, ASlideThatKeepsTooLittleIsCaught) {
  EXPECT_FALSE(check_of_sliding([](Plan& changed) { --*rows_kept(changed); }).has_value());
}

TEST(FeedCheck, ACallBeforeItsRowsAreThereIsCaught) {
  const Status checked = check_of_sliding([](Plan& changed) {
    auto& ops = changed.streams[0].ops;  // the first call comes before the row that it waits for
    const auto call =
        std::ranges::find_if(ops, [&](std::uint8_t op) { return op != changed.streams[0].stages; });
    ASSERT_NE(call, ops.begin());
    std::swap(*call, *(call - 1));
  });
  ASSERT_FALSE(checked.has_value());
  EXPECT_NE(checked.error().message.find("before it is written"), std::string::npos)
      << checked.error().message;
}

TEST(FeedCheck, ARowThatNobodyTakesIsCaught) {
  EXPECT_FALSE(check_of_sliding([](Plan& changed) { ++changed.feed->rows; }).has_value());
}

TEST(FeedCheck, WhatIsWrittenOverTheStateIsCaught) {
  EXPECT_FALSE(check_of_sliding([](Plan& changed) {
                 changed.feed->state.offset = changed.outputs[0].offset / 4 * 4;
               }).has_value());
}

TEST(Feeding, MistakesOfTheCallerChangeNothing) {
  const auto& [net, plan] = sliding();
  RandomLayers random(11);
  const Tables tables(plan, net);
  const runtime::FedInput& input = tables.fed_input();
  GuardedArena guarded(plan.arena_bytes);
  const std::span<std::byte> arena = guarded.bytes();
  const std::vector<std::byte> rows = random.bytes(net.shapes[0].bytes());
  const auto code = [](runtime::Status status) { return status.code(); };

  EXPECT_EQ(code(runtime::feed_rows(input, arena, rows.data(), 1)), StatusCode::kNotBegun);
  EXPECT_EQ(code(runtime::rows_written(input, arena, 1)), StatusCode::kNotBegun);
  EXPECT_EQ(code(runtime::feed_finish(input, arena)), StatusCode::kNotBegun);
  EXPECT_TRUE(runtime::next_rows(input, arena).empty());
  EXPECT_EQ(code(runtime::feed_begin(input, arena.first(arena.size() - 4))), StatusCode::kBadArena);
  EXPECT_EQ(code(runtime::run(tables.plan(), arena)), StatusCode::kRowsMissing);

  ASSERT_TRUE(runtime::feed_begin(input, arena).ok());
  EXPECT_EQ(code(runtime::feed_rows(input, arena, rows.data(), input.rows + 1)),
            StatusCode::kTooManyRows);
  EXPECT_EQ(code(runtime::rows_written(input, arena, input.rows + 1)), StatusCode::kTooManyRows);
  EXPECT_EQ(code(runtime::feed_finish(input, arena)), StatusCode::kRowsMissing);
  EXPECT_EQ(runtime::rows_fed(input, arena), 0U);
  ASSERT_TRUE(runtime::feed_rows(input, arena, rows.data(), input.rows).ok());
  EXPECT_EQ(code(runtime::feed_rows(input, arena, rows.data(), 1)), StatusCode::kTooManyRows);
  ASSERT_TRUE(runtime::feed_finish(input, arena).ok());
  const auto output = arena.subspan(plan.outputs[0].offset, plan.outputs[0].length);
  EXPECT_EQ(std::vector<std::byte>(output.begin(), output.end()), net.expected(rows));
  EXPECT_EQ(code(runtime::feed_rows(input, arena, rows.data(), 1)), StatusCode::kNotBegun);
  EXPECT_EQ(code(runtime::feed_finish(input, arena)), StatusCode::kNotBegun);
}

TEST(Feeding, GoesOnAfterEachCancelledCall) {
  const auto& [net, plan] = sliding();
  RandomLayers random(12);
  const Tables tables(plan, net);
  const runtime::FedInput& input = tables.fed_input();
  GuardedArena guarded(plan.arena_bytes);
  const std::span<std::byte> arena = guarded.bytes();
  const std::vector<std::byte> rows = random.bytes(net.shapes[0].bytes());
  const runtime::StepHook never = [](void*, std::uint32_t) { return false; };
  ASSERT_TRUE(runtime::feed_begin(input, arena).ok());
  int cancelled = 0;
  while (runtime::rows_fed(input, arena) < input.rows) {
    const std::byte* const from =
        rows.data() + std::size_t{runtime::rows_fed(input, arena)} * input.row_bytes;
    runtime::Status status = runtime::feed_rows(input, arena, from, 1, never, nullptr);
    for (; !status.ok(); status = runtime::rows_written(input, arena, 0, never, nullptr)) {
      ASSERT_EQ(status.code(), StatusCode::kCancelled);
      ++cancelled;
    }
  }
  EXPECT_GT(cancelled, 1);
  ASSERT_TRUE(runtime::feed_finish(input, arena).ok());
  const auto output = arena.subspan(plan.outputs[0].offset, plan.outputs[0].length);
  EXPECT_EQ(std::vector<std::byte>(output.begin(), output.end()), net.expected(rows));
}

}  // namespace
}  // namespace thimble::plan
