// The generic form survives reading and printing; attributes give their numbers; damage is an error
// with a line.
#include "compiler/mlir/operation.h"

#include <gtest/gtest.h>

#include "compiler/mlir/constants.h"

namespace thimble::mlir {
namespace {

constexpr std::string_view kProgram = R"(#map = affine_map<(d0) -> (d0)>
#composite = #util.composite<8xi8, [
    dense<1> : tensor<4xi8>,
    dense<2> : tensor<4xi8>,
]>
"builtin.module"() ({
  "func.func"() <{function_type = (tensor<1x4xi8>) -> tensor<1x4xi8>, sym_name = "main"}> ({
  ^bb0(%arg0: tensor<1x4xi8> loc("main"(#loc))):
    %0 = "tosa.const"() <{values = dense<"0x0102} loc(\22"> : tensor<2xi8>}> : () -> tensor<2xi8> loc(#loc1)
    %1:2 = "test.two"(%arg0, %0) <{flag, pad = array<i64: 0, -1>}> : (tensor<1x4xi8>, tensor<2xi8>) -> (tensor<1x4xi8>, i1) loc(#loc1)
    "cf.br"(%1#0)[^bb1] : (tensor<1x4xi8>) -> () loc(#loc)
  ^bb1(%2: tensor<1x4xi8> loc(unknown)):  // pred: ^bb0
    "func.return"(%2) : (tensor<1x4xi8>) -> () loc(#loc)
  }) {tf.entry_function = {inputs = "a, b"}} : () -> () loc(#loc)
}) : () -> () loc(#loc)
#loc = loc("folder/x.tflite":0:0)
#loc1 = loc("t7"(#loc))
)";

TEST(Mlir, ReadsWhatItNeeds) {
  const auto module = parse(kProgram, "test");
  ASSERT_TRUE(module.has_value()) << module.error().message;
  const Operation& function = module->operations[0].regions[0].blocks[0].operations[0];
  EXPECT_EQ(*function.find("sym_name"), "\"main\"");
  ASSERT_EQ(function.regions[0].blocks.size(), 2u);
  const Block& entry = function.regions[0].blocks[0];
  EXPECT_EQ(entry.arguments[0].second, "tensor<1x4xi8>");
  const Operation& two = entry.operations[1];
  EXPECT_EQ(two.results, (std::vector<std::string>{"%1#0", "%1#1"}));
  EXPECT_EQ(two.result_types[1], "i1");
  EXPECT_EQ(integers(*two.find("pad")), (std::vector<std::int64_t>{0, -1}));
  EXPECT_EQ(module->location_name(two), "t7");
  EXPECT_EQ(entry.operations[2].operands[0], "%1#0");
}

TEST(Mlir, PrintsWhatItReads) {
  auto module = parse(kProgram, "test");
  ASSERT_TRUE(module.has_value());
  const std::string once = print(*module);
  EXPECT_EQ(once.find("tflite"), std::string::npos) << "the name of a file was printed";
  EXPECT_NE(once.find("loc(\"t7\")"), std::string::npos);
  const auto again = parse(once, "printed");
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(print(*again), once);
}

TEST(Mlir, NamesOfFusedAndInlinedLocations) {
  const auto module = parse(R"("x.y"() : () -> () loc(#loc4)
"x.z"() : () -> () loc("folder/x.mlir":3:5)
"x.z"() : () -> () loc(#loc9)
#loc = loc("folder/x.mlir":1:1)
#loc1 = loc("t7"(#loc))
#loc2 = loc("net"(#loc))
#loc3 = loc(callsite(#loc1 at #loc2))
#loc4 = loc(fused["t3", #loc3, #loc1, #loc4])
)",
                            "test");
  ASSERT_TRUE(module.has_value()) << module.error().message;
  EXPECT_EQ(module->location_names(module->operations[0]),
            (std::vector<std::string>{"t3", "t7", "net"}));
  EXPECT_EQ(module->location_name(module->operations[0]), "t3");
  EXPECT_TRUE(module->location_names(module->operations[1]).empty());
  EXPECT_EQ(module->location_name(module->operations[2]), "") << "an alias that is not there";
}

TEST(Mlir, ADamagedTextIsAnErrorWithItsLine) {
  for (std::size_t length = 0; length < kProgram.size() - 80; length += 7) {
    const auto module = parse(kProgram.substr(0, length), "cut");
    if (length > 200 && length < 900) {
      ASSERT_FALSE(module.has_value()) << length;
      EXPECT_NE(module.error().message.find("cut:"), std::string::npos);
    }
  }
}

TEST(Mlir, NumbersOfAttributes) {
  EXPECT_EQ(integers("array<i64: 1, 2>"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(integers("[1 : i32, 3 : i32]"), (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(integers("dense<[3, -3]> : tensor<2xindex>"), (std::vector<std::int64_t>{3, -3}));
  EXPECT_EQ(integers("dense<35> : tensor<1xi8>"), (std::vector<std::int64_t>{35}));
  EXPECT_EQ(integers("127 : i8"), (std::vector<std::int64_t>{127}));
}

TEST(Mlir, TensorTypes) {
  const auto type = tensor_type("tensor<1x25x5xi8>");
  if (!type) FAIL() << "no tensor type";
  EXPECT_EQ(type->count(), 125);
  EXPECT_EQ(type->element, "i8");
  EXPECT_EQ(print(*type), "tensor<1x25x5xi8>");
  EXPECT_EQ(tensor_type("tensor<f32>").value_or(TensorType{{0}, ""}).count(), 1);
  EXPECT_FALSE(tensor_type("tensor<?x4xi8>").has_value());
  EXPECT_FALSE(tensor_type("i32").has_value());
}

TEST(Mlir, ConstantsReadBackAsTheyWereMade) {
  const std::vector<std::int64_t> numbers{-128, 0, 127, -1};
  for (const char* element : {"i8", "i16", "i32"}) {
    const Operation made = constant_operation("%made", {{2, 2}, element}, numbers);
    EXPECT_EQ(constant_values(made), numbers) << element;
  }
  EXPECT_EQ(constant_values(constant_operation("%one", {{1}, "i32"}, {-70000})),
            std::vector<std::int64_t>{-70000});
}

}  // namespace
}  // namespace thimble::mlir
