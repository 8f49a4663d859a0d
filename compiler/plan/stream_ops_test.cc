// Bytes of streams, read as the runtime reads them.
#include "compiler/plan/stream_ops.h"

#include <gtest/gtest.h>

#include "runtime/plan.h"

namespace thimble::plan {
namespace {

TEST(StreamOps, CallsAndSlides) {
  const std::vector<StreamOp> ops =
      read_ops({1, runtime::kSlide + 3, 4, 2, runtime::kCallRows, 0, 9, 5}, {6, 7});
  ASSERT_EQ(ops.size(), 4u);
  EXPECT_FALSE(ops[0].slides);
  EXPECT_EQ(ops[0].number, 1u);
  EXPECT_EQ(ops[0].rows, 7u);
  EXPECT_TRUE(ops[1].slides);
  EXPECT_EQ(ops[1].number, 3u);
  EXPECT_EQ(ops[1].down, 4u);
  EXPECT_EQ(ops[1].kept, 2u);
  EXPECT_EQ(ops[1].position, 1u);
  EXPECT_FALSE(ops[2].slides);
  EXPECT_EQ(ops[2].number, 0u);
  EXPECT_EQ(ops[2].rows, 9u);
  EXPECT_EQ(ops[3].number, 5u);
  EXPECT_EQ(ops[3].rows, 0u) << "there is no such stage";
}

TEST(StreamOps, WhatIsCutOffIsLeftOut) {
  EXPECT_EQ(read_ops({0, runtime::kSlide, 1}, {1}).size(), 1u);
  EXPECT_EQ(read_ops({runtime::kCallRows}, {1}).size(), 0u);
}

}  // namespace
}  // namespace thimble::plan
