// Random networks, planned in every manner, run by the runtime with the microkernels themselves
// over the arena, against the same layers computed one after the other, each tensor apart.
#include <gtest/gtest.h>

#include <functional>

#include "compiler/plan/check.h"
#include "compiler/plan/random_layers.h"
#include "compiler/plan/stream_ops.h"

namespace thimble::plan {
namespace {

constexpr int kRounds = 4;

class RandomStreams : public testing::TestWithParam<int> {};

void expect_exact(const Layers& net, const Plan& plan, const std::vector<std::byte>& input) {
  const Tables tables(plan, net);
  std::vector<std::byte> memory(plan.arena_bytes + runtime::kArenaAlignment, std::byte{0x5a});
  const auto misaligned =
      reinterpret_cast<std::uintptr_t>(memory.data()) % runtime::kArenaAlignment;
  std::byte* const arena = memory.data() + (runtime::kArenaAlignment - misaligned);
  std::ranges::copy(input, arena + plan.inputs[0].offset);
  ASSERT_TRUE(runtime::run(tables.plan(), {arena, plan.arena_bytes}).ok());
  const std::vector<std::byte> expected = net.expected(input);
  const std::vector<std::byte> result(arena + plan.outputs[0].offset,
                                      arena + plan.outputs[0].offset + plan.outputs[0].length);
  EXPECT_EQ(result, expected);
}

TEST_P(RandomStreams, GiveWhatTheirLayersGive) {
  RandomLayers random(static_cast<unsigned>(GetParam()));
  int streamed = 0;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const Layers net = random.make();
    const std::vector<std::byte> input = random.bytes(net.shapes[0].bytes());
    const auto plain = net.plan({{}, 0, false});
    ASSERT_TRUE(plain.has_value()) << plain.error().message;
    expect_exact(net, *plain, input);
    const auto least = net.plan({0, 0, true});
    ASSERT_TRUE(least.has_value()) << least.error().message;
    EXPECT_LE(least->arena_bytes, plain->arena_bytes);
    expect_exact(net, *least, input);
    // Whatever is allowed is kept to, if it can be.
    for (int i = 0; i <= 2; ++i) {
      const std::uint64_t allowed = least->arena_bytes + (plain->arena_bytes - least->arena_bytes) *
                                                             static_cast<unsigned>(i) / 2;
      const auto plan = net.plan({allowed, 0, true});
      ASSERT_TRUE(plan.has_value()) << plan.error().message;
      EXPECT_LE(plan->arena_bytes, allowed);
      expect_exact(net, *plan, input);
    }
    if (!least->streams.empty()) ++streamed;
  }
  EXPECT_GT(streamed, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomStreams, testing::Range(1, 9));

// The first slide that keeps rows: the number of them, or null.
std::uint8_t* rows_kept(Plan& plan) {
  for (Stream& stream : plan.streams) {
    for (const StreamOp& op : read_ops(stream.ops, {})) {
      if (op.slides && op.kept > 0) return &stream.ops[op.position + 2];
    }
  }
  return nullptr;
}

// A plan of pools, each of which waits for rows of the one before.
Plan plan_of_pools() {
  RandomLayers random(3);
  for (;;) {
    const Layers net = random.make();
    auto plan = net.plan({0, 0, true});
    if (!plan || plan->streams.empty() || plan->streams[0].windows.size() < 2) continue;
    const offload::RowReads& reads = plan->layers[0].layer.reads[0];
    if (reads.bytes > reads.step && rows_kept(*plan) != nullptr) return *std::move(plan);
  }
}

// That plan as it was changed, checked.
Status check_of_pools(const std::function<void(Plan&)>& change = [](Plan&) {}) {
  static const Plan pools = plan_of_pools();
  Plan changed = pools;
  change(changed);
  return check(changed);
}

TEST(StreamCheck, AWrongDeclarationOfRowsIsCaught) {
  ASSERT_TRUE(check_of_pools().has_value());
  const Status checked = check_of_pools([](Plan& changed) {  // what a microkernel reads in truth
    for (PlannedLayer& planned : changed.layers) {
      for (offload::RowReads& reads : planned.layer.reads) {
        reads.first -= reads.step;
        reads.bytes += 2 * reads.step;
      }
    }
  });
  ASSERT_FALSE(checked.has_value());
  EXPECT_NE(checked.error().message.find("memory plan"), std::string::npos);
}

// How outputs may follow inputs in calls of some rows, told wrongly: as if nothing might.
TEST(StreamCheck, ACallThatWritesWhereItReadsAgainstItsOrderIsCaught) {
  RandomLayers random(11);
  int caught = 0;
  for (int round = 0; round < 20 && caught == 0; ++round) {
    auto plan = random.make().plan({0, 0, true});
    ASSERT_TRUE(plan.has_value()) << plan.error().message;
    if (plan->streams.empty()) continue;
    for (PlannedLayer& planned : plan->layers) {
      for (offload::Order& order : planned.layer.orders) order.rows = {};
    }
    const Status checked = check(*plan);
    if (checked.has_value()) continue;  // no call of this plan works in place
    EXPECT_NE(checked.error().message.find("before it is read"), std::string::npos)
        << checked.error().message;
    ++caught;
  }
  EXPECT_EQ(caught, 1);
}

// Networks of narrow rows, for which calls of many rows are cheaper.
TEST(Streams, StagesThatAdvanceTogetherGiveWhatTheirLayersGive) {
  RandomLayers random(21);
  int together = 0;
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    Layers net = random.make();
    for (offload::Layer& layer : net.layers) layer.cost = {2000, 300, 1, {0}};
    const std::vector<std::byte> input = random.bytes(net.shapes[0].bytes());
    const auto least = net.plan({0, 0, true});
    ASSERT_TRUE(least.has_value()) << least.error().message;
    const auto plan = net.plan({least->arena_bytes + least->arena_bytes / 4, 0, true});
    ASSERT_TRUE(plan.has_value()) << plan.error().message;
    for (const Plan& made : {*least, *plan}) {
      expect_exact(net, made, input);
      for (const Stream& stream : made.streams) {
        for (const StreamOp& op : read_ops(stream.ops, {}))
          together += stream.ops[op.position] == runtime::kCallRows ? 1 : 0;
      }
    }
  }
  EXPECT_GT(together, 0);
}

TEST(StreamCheck, AWindowThatIsTooSmallIsCaught) {
  const Status checked = check_of_pools([](Plan& changed) {
    Stream::Window& window = changed.streams[0].windows[0];
    window.bytes -= static_cast<std::uint64_t>(window.row_bytes);
  });
  EXPECT_FALSE(checked.has_value());
}

// The last call of a stage whose output is needed whole: where it begins in the ops, if there is
// one.
std::optional<std::size_t> last_call_for_others(const Plan& plan, const Stream& stream,
                                                std::size_t first_stage) {
  const StreamOp last = read_ops(stream.ops, {}).back();
  const Step& stage = plan.steps[first_stage + last.number];
  const bool is_whole = !last.slides && stage.bindings[stage.bindings.size() - 2].window < 0;
  return is_whole ? std::optional(last.position) : std::nullopt;
}

TEST(StreamCheck, ACallThatIsMissingIsCaught) {
  RandomLayers random(13);
  int caught = 0;
  for (int round = 0; round < 20 && caught == 0; ++round) {
    auto plan = random.make().plan({0, 0, true});
    ASSERT_TRUE(plan.has_value()) << plan.error().message;
    for (std::size_t step = 0; step < plan->steps.size() && caught == 0; ++step) {
      if (plan->steps[step].kind != StepKind::kStream) continue;
      Stream& stream = plan->streams[static_cast<std::size_t>(plan->steps[step].stream)];
      const auto call = last_call_for_others(*plan, stream, step + 1);
      if (!call) continue;
      stream.ops.resize(*call);
      const Status checked = check(*plan);
      ASSERT_FALSE(checked.has_value());
      EXPECT_NE(checked.error().message.find("are computed"), std::string::npos)
          << checked.error().message;
      ++caught;
    }
  }
  EXPECT_EQ(caught, 1);
}

TEST(StreamCheck, ASlideThatKeepsTooLittleIsCaught) {
  const Status checked = check_of_pools([](Plan& changed) { --*rows_kept(changed); });
  EXPECT_FALSE(checked.has_value());
}

}  // namespace
}  // namespace thimble::plan
