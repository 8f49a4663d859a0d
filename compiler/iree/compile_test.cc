// What IREE's own print of a program tells about what its functions read, write and compute.
#include "compiler/iree/compile.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace thimble::iree {
namespace {

constexpr std::string_view kProgram = R"("builtin.module"() ({
  "util.func"() <{function_type = () -> (), sym_name = "net"}> ({
    %c0 = "arith.constant"() <{value = 0 : index}> : () -> index
    %0 = "stream.cmd.execute"(%c0) ({
    ^bb0(%arg0: !stream.resource<external>, %arg1: !stream.resource<transient>):
      "stream.cmd.dispatch"(%c0, %arg0, %arg1) <{entry_points = [@net_dispatch_0::@static::@net_dispatch_0_conv], resource_accesses = [1 : i32, 1 : i32, 2 : i32]}> : (index, !stream.resource<external>, !stream.resource<transient>) -> ()
      "stream.cmd.concurrent"() ({
        "stream.cmd.dispatch"(%c0, %arg0) <{entry_points = [@net_dispatch_1::@static::@net_dispatch_1_add], resource_accesses = [3 : i32]}> : (index, !stream.resource<external>) -> ()
        "stream.cmd.dispatch"(%c0, %arg0) <{entry_points = [@net_dispatch_2::@static::@"net_dispatch_2_$async"], resource_accesses = [1 : i32, 2 : i32]}> : (index, !stream.resource<external>) -> ()
        "stream.yield"() : () -> ()
      }) : () -> ()
      "stream.cmd.dispatch"(%c0, %arg0) <{entry_points = [@net_dispatch_2::@static::@"net_dispatch_2_$async"], resource_accesses = [1 : i32, 3 : i32]}> : (index, !stream.resource<external>) -> ()
      "stream.yield"() : () -> ()
    }) : (index) -> !stream.timepoint
    "util.return"() : () -> ()
  }) : () -> ()
}) : () -> ()
)";

TEST(ReadNotes, OfEachFunctionInTheOrderOfItsBindings) {
  const auto notes = read_notes(kProgram, "phase");
  ASSERT_TRUE(notes.has_value()) << notes.error().message;
  EXPECT_EQ(notes->accesses.size(), 3u);
  EXPECT_EQ(notes->accesses.at("net_dispatch_0_conv"),
            (std::vector<Access>{Access::kRead, Access::kRead, Access::kWrite}));
  EXPECT_EQ(notes->accesses.at("net_dispatch_1_add"), std::vector<Access>{Access::kReadWrite});
}

TEST(ReadNotes, OfAFunctionThatIsCalledTwiceAreThoseOfBothCalls) {
  const auto notes = read_notes(kProgram, "phase");
  ASSERT_TRUE(notes.has_value()) << notes.error().message;
  EXPECT_EQ(notes->accesses.at("net_dispatch_2_$async"),
            (std::vector<Access>{Access::kRead, Access::kReadWrite}));
}

constexpr std::string_view kFunctions = R"("builtin.module"() ({
  "hal.executable"() <{sym_name = "net_dispatch_0"}> ({
    "builtin.module"() ({
      "func.func"() <{function_type = () -> (), sym_name = "net_dispatch_0_conv"}> ({
        %0 = "arith.constant"() <{value = 0 : i32}> : () -> i32 loc("t8")
        %1 = "tensor.empty"() : () -> tensor<4xi32> loc("t9")
        %2 = "linalg.generic"(%0, %1) ({
          "linalg.yield"() : () -> () loc(#loc)
        }) : (i32, tensor<4xi32>) -> tensor<4xi32> loc(#loc3)
        "func.return"() : () -> () loc(#loc1)
      }) : () -> () loc(#loc1)
    }) : () -> ()
  }) : () -> ()
}) : () -> ()
#loc = loc(unknown)
#loc1 = loc("t2")
#loc2 = loc("net")
#loc3 = loc(callsite(fused[#loc1, "t3"] at #loc2))
)";

TEST(ReadNotes, NamesOfWhatAFunctionComputesButNotOfWhatItOnlyUses) {
  const auto notes = read_notes(kFunctions, "phase");
  ASSERT_TRUE(notes.has_value()) << notes.error().message;
  ASSERT_TRUE(notes->names.contains("net_dispatch_0_conv"));
  std::vector<std::string> names = notes->names.at("net_dispatch_0_conv");
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string>{"net", "t2", "t3"}));
}

TEST(ReadNotes, AProgramThatCannotBeReadIsNamed) {
  const auto notes = read_notes(kProgram.substr(0, 700), "folder/net.8.mlir");
  ASSERT_FALSE(notes.has_value());
  EXPECT_NE(notes.error().message.find("folder/net.8.mlir"), std::string::npos)
      << notes.error().message;
}

TEST(ReadNotes, AProgramWithoutDispatchesHasNone) {
  const auto notes = read_notes("\"builtin.module\"() ({\n}) : () -> ()\n", "phase");
  ASSERT_TRUE(notes.has_value()) << notes.error().message;
  EXPECT_TRUE(notes->accesses.empty());
}

}  // namespace
}  // namespace thimble::iree
