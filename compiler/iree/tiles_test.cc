// Tiles of generated code become narrow, and nothing else changes.
#include "compiler/iree/tiles.h"

#include <gtest/gtest.h>

namespace thimble::iree {
namespace {

TEST(Tiles, OnlyTheInnermostParallelDimensionIsWide) {
  const std::string program =
      "a {lowering_config = #iree_cpu.lowering_config<cache_parallel = [1, 5, 64, 0], distribution "
      "= [1, 5, 64, 0], vector_common_parallel = [1, 5, 32, 0], vector_reduction = [0, 0, 0, 3]>}\n"
      "#config1 = #iree_cpu.lowering_config<vector_inner_parallel = [4]>\n"
      "b {vector_common_parallel = [7, 7]}";
  EXPECT_EQ(with_narrow_tiles(program, 8),
            "a {lowering_config = #iree_cpu.lowering_config<cache_parallel = [1, 5, 64, 0], "
            "distribution = [1, 5, 64, 0], vector_common_parallel = [1, 1, 8, 0], vector_reduction "
            "= [0, 0, 0, 1]>}\n"
            "#config1 = #iree_cpu.lowering_config<vector_inner_parallel = [4]>\n"
            "b {vector_common_parallel = [7, 7]}");
  EXPECT_EQ(with_narrow_tiles("#iree_cpu.lowering_config<vector_common_parallel = [2, 16, 0]>", 1),
            "#iree_cpu.lowering_config<vector_common_parallel = [1, 1, 0]>");
}

TEST(Tiles, WhatIsNotUnderstoodStays) {
  for (const std::string program :
       {"", "no configuration", "#iree_cpu.lowering_config<", "#iree_cpu.lowering_config<>",
        "#iree_cpu.lowering_config<vector_common_parallel = [1, 2",
        "#iree_cpu.lowering_config<distribution = [64, 64]>",
        "#iree_cpu.lowering_config<vector_common_parallel = [1, [4]]>"}) {
    EXPECT_EQ(with_narrow_tiles(program, 1), program);
  }
}

}  // namespace
}  // namespace thimble::iree
