// The walker with fake dispatches and microkernels.
#include "runtime/runtime.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "runtime/executable_library.h"

namespace thimble::runtime {
namespace {

constexpr std::size_t kArenaBytes = 256;

struct Arena {
  alignas(kArenaAlignment) std::array<std::byte, kArenaBytes> bytes{};
};

struct Call {
  DispatchState dispatch;
  WorkgroupState workgroup;
  std::vector<void*> bindings;
  std::vector<std::size_t> lengths;
  std::vector<std::uint32_t> constants;
};
std::vector<Call> calls;
std::size_t failing_call = SIZE_MAX;

int record(const Environment* environment, const DispatchState* dispatch,
           const WorkgroupState* workgroup) {
  const auto* bytes = reinterpret_cast<const std::byte*>(environment);
  EXPECT_TRUE(std::all_of(bytes, bytes + sizeof *environment,
                          [](std::byte byte) { return byte == std::byte{}; }));
  const std::size_t count = dispatch->binding_count;
  calls.push_back({*dispatch,
                   *workgroup,
                   {dispatch->binding_pointers, dispatch->binding_pointers + count},
                   {dispatch->binding_lengths, dispatch->binding_lengths + count},
                   {dispatch->constants, dispatch->constants + dispatch->constant_count}});
  return calls.size() > failing_call ? 1 : 0;
}

void increment(const void* descriptor, std::byte* const* buffers, std::uint32_t first_row,
               std::uint32_t rows) {
  const auto by = *static_cast<const std::uint8_t*>(descriptor);
  for (std::uint32_t row = first_row; row < first_row + rows; ++row) {
    buffers[1][row] = static_cast<std::byte>(std::to_integer<unsigned>(buffers[0][row]) + by);
  }
}

Step step_of(StepKind kind, std::span<const Binding> bindings, std::uint32_t arena_bindings) {
  Step step{};
  step.kind = kind;
  step.binding_count = static_cast<std::uint8_t>(bindings.size());
  step.arena_bindings = arena_bindings;
  step.bindings = bindings.data();
  return step;
}

Plan plan_of(std::span<const Step> steps) {
  return {steps.data(), static_cast<std::uint32_t>(steps.size()), kArenaBytes, 192, 64};
}

class RuntimeTest : public testing::Test {
 protected:
  void SetUp() override {
    calls.clear();
    failing_call = SIZE_MAX;
  }
  Step dispatch_step() {
    Step step = step_of(StepKind::kDispatch, bindings_, 0b101);
    step.constant_count = 2;
    step.workgroups[0] = 3;
    step.workgroups[1] = 2;
    step.workgroups[2] = 2;
    step.function = reinterpret_cast<const void*>(&record);
    step.lengths = lengths_.data();
    step.detail = constants_.data();
    return step;
  }

  Arena arena_;
  std::array<std::byte, 4> weights_{};
  std::array<Binding, 3> bindings_ = {Binding{.offset = 64}, Binding{.address = weights_.data()},
                                      Binding{.offset = 0}};
  std::array<std::size_t, 3> lengths_ = {10, 4, 20};
  std::array<std::uint32_t, 2> constants_ = {7, 8};
};

TEST_F(RuntimeTest, DispatchSeesItsStateInEachWorkgroup) {
  const std::array steps = {dispatch_step()};
  ASSERT_TRUE(run(plan_of(steps), arena_.bytes).ok());
  ASSERT_EQ(calls.size(), 12U);
  for (std::uint32_t i = 0; i < calls.size(); ++i) {
    const Call& call = calls[i];
    EXPECT_EQ(call.workgroup.workgroup_id_x, i % 3);
    EXPECT_EQ(call.workgroup.workgroup_id_y, i / 3 % 2);
    EXPECT_EQ(call.workgroup.workgroup_id_z, i / 6);
    EXPECT_EQ(call.workgroup.processor_id, 0U);
    EXPECT_EQ(call.workgroup.local_memory, arena_.bytes.data() + 192);
    EXPECT_EQ(call.workgroup.local_memory_bytes, 64U);
    EXPECT_EQ(call.dispatch.workgroup_size_x, 1U);
    EXPECT_EQ(call.dispatch.workgroup_size_y, 1U);
    EXPECT_EQ(call.dispatch.workgroup_size_z, 1U);
    EXPECT_EQ(call.dispatch.workgroup_count_x, 3U);
    EXPECT_EQ(call.dispatch.workgroup_count_y, 2U);
    EXPECT_EQ(call.dispatch.workgroup_count_z, 2U);
    EXPECT_EQ(call.bindings,
              (std::vector<void*>{arena_.bytes.data() + 64, weights_.data(), arena_.bytes.data()}));
    EXPECT_EQ(call.lengths, (std::vector<std::size_t>{10, 4, 20}));
    EXPECT_EQ(call.constants, (std::vector<std::uint32_t>{7, 8}));
  }
}

TEST_F(RuntimeTest, FailedDispatchEndsTheRunAndNamesTheStep) {
  const std::array steps = {dispatch_step(), dispatch_step(), dispatch_step()};
  failing_call = 14;  // the third workgroup of the second step
  const Status status = run(plan_of(steps), arena_.bytes);
  EXPECT_EQ(status.code(), StatusCode::kDispatchFailed);
  EXPECT_EQ(status.step(), 1U);
  EXPECT_EQ(calls.size(), 15U);
}

TEST_F(RuntimeTest, MicrokernelComputesAllItsRows) {
  const std::array bindings = {Binding{.address = weights_.data()}, Binding{.offset = 8}};
  const std::uint8_t by = 5;
  Step step = step_of(StepKind::kMicrokernel, bindings, 0b10);
  step.workgroups[0] = 4;
  step.function = reinterpret_cast<const void*>(&increment);
  step.detail = &by;
  weights_ = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  ASSERT_TRUE(run(plan_of({&step, 1}), arena_.bytes).ok());
  EXPECT_EQ(arena_.bytes[8], std::byte{6});
  EXPECT_EQ(arena_.bytes[11], std::byte{9});
  EXPECT_EQ(arena_.bytes[12], std::byte{0});
}

TEST_F(RuntimeTest, FillRepeatsThePatternToTheEndAndNoFurther) {
  const std::array bindings = {Binding{.offset = 4}};
  for (const std::uint32_t pattern_bytes : {1U, 2U, 4U}) {
    for (std::size_t length = 0; length <= 40; ++length) {
      const FillPattern pattern = {0x44332211, pattern_bytes};
      Step step = step_of(StepKind::kFill, bindings, 1);
      step.lengths = &length;
      step.detail = &pattern;
      arena_.bytes.fill(std::byte{0xee});
      ASSERT_TRUE(run(plan_of({&step, 1}), arena_.bytes).ok());
      for (std::size_t i = 0; i < 60; ++i) {
        const bool inside = i >= 4 && i < 4 + length;
        const auto expected = inside ? 0x11 * ((i - 4) % pattern_bytes + 1) : 0xee;
        ASSERT_EQ(std::to_integer<std::size_t>(arena_.bytes[i]), expected)
            << pattern_bytes << " " << length << " " << i;
      }
    }
  }
}

TEST_F(RuntimeTest, CopyMayOverlap) {
  const std::array bindings = {Binding{.offset = 2}, Binding{.offset = 0}};
  const std::array<std::size_t, 2> lengths = {6, 6};
  Step step = step_of(StepKind::kCopy, bindings, 0b11);
  step.lengths = lengths.data();
  std::memcpy(arena_.bytes.data(), "abcdefgh", 8);
  ASSERT_TRUE(run(plan_of({&step, 1}), arena_.bytes).ok());
  EXPECT_EQ(std::memcmp(arena_.bytes.data(), "ababcdef", 8), 0);
}

TEST_F(RuntimeTest, HookComesAfterEachStepAndMayCancel) {
  const std::array steps = {dispatch_step(), dispatch_step(), dispatch_step()};
  std::vector<std::size_t> calls_at_hook;
  const StepHook two_steps = [](void* context, std::uint32_t step) {
    auto& seen = *static_cast<std::vector<std::size_t>*>(context);
    EXPECT_EQ(step, seen.size());
    seen.push_back(calls.size());
    return step < 1;
  };
  const Status status = run(plan_of(steps), arena_.bytes, two_steps, &calls_at_hook);
  EXPECT_EQ(status.code(), StatusCode::kCancelled);
  EXPECT_EQ(status.step(), 1U);
  EXPECT_EQ(calls_at_hook, (std::vector<std::size_t>{12, 24}));
}

TEST_F(RuntimeTest, RefusesAnArenaThatIsTooSmallOrNotAligned) {
  const std::array steps = {dispatch_step()};
  const auto plan = plan_of(steps);
  EXPECT_EQ(run(plan, std::span(arena_.bytes).first(kArenaBytes - 1)).code(),
            StatusCode::kBadArena);
  struct {
    alignas(kArenaAlignment) std::array<std::byte, kArenaBytes + 32> bytes{};
  } larger;
  EXPECT_EQ(run(plan, std::span(larger.bytes).subspan(32)).code(), StatusCode::kBadArena);
  EXPECT_TRUE(calls.empty());
}

TEST_F(RuntimeTest, RefusesStepsItDoesNotKnow) {
  std::array steps = {dispatch_step(), dispatch_step()};
  // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): that is what is tested
  steps[1].kind = static_cast<StepKind>(9);
  Status status = run(plan_of(steps), arena_.bytes);
  EXPECT_EQ(status.code(), StatusCode::kBadPlan);
  EXPECT_EQ(status.step(), 1U);
  steps[0].binding_count = 33;
  status = run(plan_of(steps), arena_.bytes);
  EXPECT_EQ(status.code(), StatusCode::kBadPlan);
  EXPECT_EQ(status.step(), 0U);
}

TEST_F(RuntimeTest, EmptyPlanSucceeds) {
  EXPECT_TRUE(run(plan_of({}), arena_.bytes).ok());
}

}  // namespace
}  // namespace thimble::runtime
