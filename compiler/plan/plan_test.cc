// Memory is planned anew, and never so that two living tensors share a byte.
#include "compiler/plan/plan.h"

#include <gtest/gtest.h>

#include <random>

#include "compiler/plan/liveness.h"
#include "compiler/plan/placement.h"

namespace thimble::plan {
namespace {

using iree::Access;
using iree::BufferKind;

iree::DispatchStep dispatch(std::string name, std::vector<iree::Range> bindings) {
  return {std::move(name), {1, 1, 1}, {}, std::move(bindings)};
}

const iree::AccessMap kAccesses{{"unary", {Access::kRead, Access::kWrite}},
                                {"into", {Access::kRead, Access::kReadWrite}},
                                {"binary", {Access::kRead, Access::kRead, Access::kWrite}}};

// input 0 -> 1 -> 2 -> 3 (output), all in one slab that never reuses a byte.
iree::Trace chain() {
  iree::Trace trace;
  trace.buffers = {{BufferKind::kInput, 1000, 0, {}}, {BufferKind::kWorking, 4096, -1, {}}};
  trace.steps = {dispatch("unary", {{0, 0, 1000}, {1, 0, 1024}}),
                 dispatch("unary", {{1, 0, 1024}, {1, 1024, 1024}}),
                 dispatch("unary", {{1, 1024, 1024}, {1, 2048, 1024}})};
  trace.outputs = {{1, 2048, 1024}};
  return trace;
}

TEST(Plan, AChainNeedsTwoBuffers) {
  const auto plan = make_plan(chain(), kAccesses, {}, {1000});
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->arena_bytes, 2048u);
  EXPECT_EQ(plan->inputs[0].length, 1000u);
  EXPECT_NE(plan->steps[2].bindings[0].offset, plan->steps[2].bindings[1].offset);
  EXPECT_EQ(plan->steps[2].bindings[1].offset, plan->outputs[0].offset);
}

TEST(Plan, WhatIsReadAsOneStaysTogether) {
  // Two steps write halves, a third reads both as one range: a concatenation.
  iree::Trace trace;
  trace.buffers = {{BufferKind::kInput, 64, 0, {}}, {BufferKind::kWorking, 512, -1, {}}};
  trace.steps = {dispatch("unary", {{0, 0, 64}, {1, 128, 100}}),
                 dispatch("unary", {{0, 0, 64}, {1, 228, 28}}),
                 dispatch("unary", {{1, 128, 128}, {1, 256, 64}})};
  trace.outputs = {{1, 256, 64}};
  const auto plan = make_plan(trace, kAccesses, {}, {64});
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->steps[1].bindings[1].offset, plan->steps[0].bindings[1].offset + 100);
  EXPECT_EQ(plan->steps[2].bindings[0].offset, plan->steps[0].bindings[1].offset);
  EXPECT_EQ(plan->steps[0].bindings[1].offset % kAlignment, 0u);
}

TEST(Plan, AnUpdateInPlaceKeepsItsBytes) {
  // A fill, then a dispatch that writes a part of it, then a read of all: one tensor from the fill
  // on.
  iree::Trace trace;
  trace.buffers = {{BufferKind::kInput, 64, 0, {}}, {BufferKind::kWorking, 512, -1, {}}};
  trace.steps = {iree::FillStep{{1, 0, 256}, 0x80, 1}, dispatch("into", {{0, 0, 64}, {1, 64, 64}}),
                 dispatch("unary", {{1, 0, 256}, {1, 256, 64}})};
  trace.outputs = {{1, 256, 64}};
  const Liveness liveness = analyze(trace, kAccesses, 1);
  EXPECT_EQ(liveness.step_tensors[0][0], liveness.step_tensors[1][1]);
  EXPECT_EQ(liveness.step_tensors[0][0], liveness.step_tensors[2][0]);
  EXPECT_EQ(liveness.tensors[static_cast<std::size_t>(liveness.step_tensors[0][0])].first_step, 0);
}

TEST(Plan, ConstantsAreTrimmedToWhatIsUsedAndOutputsMayBeConstants) {
  iree::Trace trace = chain();
  trace.buffers.push_back({BufferKind::kConstant, 1024, -1, Bytes(1024, 7)});
  trace.steps.emplace_back(dispatch("binary", {{1, 2048, 1024}, {2, 128, 64}, {1, 0, 64}}));
  trace.outputs.push_back({2, 128, 32});
  const auto plan = make_plan(trace, kAccesses, {}, {1000});
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->constants, Bytes(64, 7));
  ASSERT_EQ(plan->outputs.size(), 2u);
  EXPECT_TRUE(plan->outputs[1].in_arena);
  EXPECT_EQ(plan->steps.back().kind, StepKind::kCopy);
}

TEST(Plan, AnUnknownFunctionIsTakenToReadAndWrite) {
  iree::Trace trace = chain();
  const auto plan = make_plan(trace, {}, {}, {1000});
  ASSERT_TRUE(plan.has_value());
  EXPECT_GE(plan->arena_bytes, 2048u);
}

TEST(Plan, WhatTheTablesCannotHoldIsRefused) {
  iree::Trace trace = chain();
  std::get<iree::DispatchStep>(trace.steps[0]).workgroups = {70000, 1, 1};
  const auto plan = make_plan(trace, kAccesses, {}, {1000});
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().code, ExitCode::kBadModel);
}

TEST(Placement, NoTwoLivingTensorsOverlap) {
  std::mt19937 random(7);
  for (int round = 0; round < 40; ++round) {
    Packing packing;
    std::vector<Tensor>& tensors = packing.tensors;
    for (std::uint32_t i = 0; i < 3 + random() % 40; ++i) {
      const int first = static_cast<int>(random() % 30);
      tensors.push_back({0, 0, 1 + random() % 5000, first, first + static_cast<int>(random() % 6)});
    }
    const Placement placement = place(packing);
    EXPECT_GE(placement.arena_bytes, lower_bound(packing));
    for (std::size_t a = 0; a < tensors.size(); ++a) {
      EXPECT_EQ(placement.offsets[a] % kAlignment, 0u);
      EXPECT_LE(placement.offsets[a] + tensors[a].size, placement.arena_bytes);
      for (std::size_t b = 0; b < a; ++b) {
        const bool together = tensors[a].first_step <= tensors[b].last_step &&
                              tensors[b].first_step <= tensors[a].last_step;
        const bool apart = placement.offsets[a] + tensors[a].size <= placement.offsets[b] ||
                           placement.offsets[b] + tensors[b].size <= placement.offsets[a];
        EXPECT_TRUE(!together || apart);
      }
    }
    EXPECT_EQ(place(packing).offsets, placement.offsets) << "not the same answer twice";
  }
}

bool together(const Tensor& a, const Tensor& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

// Whether tensors from `next` on can be placed within `arena`, trying every offset.
bool fits(const std::vector<Tensor>& tensors, std::vector<std::uint64_t>& offsets,
          std::uint64_t arena) {
  const std::size_t next = offsets.size();
  if (next == tensors.size()) return true;
  for (std::uint64_t at = 0; at + tensors[next].size <= arena; ++at) {
    bool is_free = true;
    for (std::size_t i = 0; i < next; ++i) {
      is_free =
          is_free && (!together(tensors[i], tensors[next]) || offsets[i] + tensors[i].size <= at ||
                      at + tensors[next].size <= offsets[i]);
    }
    if (!is_free) continue;
    offsets.push_back(at);
    if (fits(tensors, offsets, arena)) return true;
    offsets.pop_back();
  }
  return false;
}

TEST(Placement, SmallPackingsAreOptimal) {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    Packing packing;
    for (std::uint32_t i = 0; i < 4 + random() % 4; ++i) {
      const int first = static_cast<int>(random() % 6);
      packing.tensors.push_back(
          {0, 0, 1 + random() % 5, first, first + static_cast<int>(random() % 4), 1});
    }
    const std::uint64_t found = place(packing).arena_bytes;
    std::vector<std::uint64_t> offsets;
    EXPECT_FALSE(fits(packing.tensors, offsets, found - 1));
  }
}

// Slabs as IREE makes them: tensors at offsets at which no two that live together overlap.
TEST(Placement, IsNeverWorseThanWhatItStartedFrom) {
  std::mt19937 random(11);
  for (int round = 0; round < 60; ++round) {
    Packing packing;
    std::uint64_t slab = 0;
    for (std::uint32_t i = 0; i < 12 + random() % 40; ++i) {
      const int first = static_cast<int>(random() % 40);
      Tensor tensor{0, 0, 64 * (1 + random() % 60), first, first + static_cast<int>(random() % 9)};
      for (bool moved = true; moved;) {
        moved = false;
        for (const Tensor& other : packing.tensors) {
          if (!together(tensor, other) || tensor.offset + tensor.size <= other.offset ||
              other.offset + other.size <= tensor.offset)
            continue;
          tensor.offset = other.offset + other.size;
          moved = true;
        }
      }
      slab = std::max(slab, tensor.offset + tensor.size);
      packing.tensors.push_back(tensor);
    }
    EXPECT_LE(place(packing).arena_bytes, slab);
  }
}

}  // namespace
}  // namespace thimble::plan
