// The imported program: rounding as the reference's, named after the model, telling nothing of the
// machine it was made on.
#include "compiler/tosa/program.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "compiler/base/file.h"
#include "tests/models/test_models.h"

namespace thimble::tosa {
namespace {

using mlir::Operation;

struct Imported {
  tflite::Model model;
  Program program;
};

class ProgramTest : public testing::Test {
 protected:
  [[nodiscard]] Imported import_small(const std::string& name) const {
    tflite::Model model = tflite::read(test::small_model(name)).value();
    Program program = import(model, folder_.path()).value();
    return {std::move(model), std::move(program)};
  }

 private:
  TemporaryFolder folder_ =
      *TemporaryFolder::make(std::filesystem::temp_directory_path() / "program");
};

const Operation& function_of(const Program& program) {
  return program.module.operations[0].regions[0].blocks[0].operations[0];
}
const std::vector<Operation>& body_of(const Program& program) {
  return function_of(program).regions[0].blocks[0].operations;
}

// Rounding modes of the rescales that belong to the outputs of one kind of operator.
std::set<std::string> rounding(const Imported& imported, const std::string& kind) {
  std::set<std::string> tensors;
  for (const tflite::Operator& op : imported.model.operators) {
    if (op.kind == kind) tensors.insert(fmt::format("t{}", op.outputs[0]));
  }
  std::set<std::string> modes;
  for (const Operation& operation : body_of(imported.program)) {
    if (operation.name == "tosa.rescale" &&
        tensors.contains(imported.program.module.location_name(operation)))
      modes.insert(*operation.find("rounding_mode"));
  }
  return modes;
}

TEST_F(ProgramTest, FullyConnectedLayersRoundOnceAndOthersTwice) {
  const std::set<std::string> once{"#tosa.rounding_mode<SINGLE_ROUND>"};
  const std::set<std::string> twice{"#tosa.rounding_mode<DOUBLE_ROUND>"};
  EXPECT_EQ(rounding(import_small("dense"), "FULLY_CONNECTED"), once);
  EXPECT_EQ(rounding(import_small("dynamic_batch"), "FULLY_CONNECTED"), once);
  EXPECT_EQ(rounding(import_small("argmax"), "CONV_2D"), twice);
  EXPECT_EQ(rounding(import_small("two_ends"), "ADD"), twice);
  EXPECT_EQ(rounding(import_small("float_ends"), "MEAN"), twice);
}

TEST_F(ProgramTest, IsNamedAfterTheModelAndReturnsItsOutputs) {
  for (const char* name : {"dense", "dynamic_batch", "float_ends", "two_ends", "argmax"}) {
    const Imported imported = import_small(name);
    EXPECT_EQ(*function_of(imported.program).find("sym_name"), fmt::format("\"{}\"", name));
    EXPECT_EQ(imported.program.results, imported.model.outputs) << name;
    EXPECT_EQ(body_of(imported.program).back().operands.size(), imported.model.outputs.size());
  }
}

TEST_F(ProgramTest, PrintsNoPlaceButTensorNamesAndReadsAgain) {
  const Imported imported = import_small("float_ends");
  const std::string text = mlir::print(imported.program.module);
  for (const char* trace :
       {"loc(#", "loc(fused", ".tflite", ".mlirbc", "tensor_0", "schema_version"})
    EXPECT_EQ(text.find(trace), std::string::npos) << trace;
  EXPECT_EQ(text.find(imported.model.path.parent_path().string()), std::string::npos);
  const auto again = mlir::parse(text, "again");
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(mlir::print(*again), text);
}

TEST_F(ProgramTest, PoolsKeepTheirActivations) {
  const Imported imported = import_small("pools");
  std::vector<std::string> clamps;
  for (const Operation& operation : body_of(imported.program)) {
    if (operation.name == "tosa.clamp")
      clamps.push_back(*operation.find("min_val") + " to " + *operation.find("max_val"));
  }
  // In steps of 0.05 from the zero point, -20.
  EXPECT_EQ(clamps, (std::vector<std::string>{"-20 : i8 to 127 : i8", "-20 : i8 to 100 : i8",
                                              "-20 : i8 to 100 : i8"}));
}

TEST_F(ProgramTest, ADynamicBatchIsOne) {
  const Imported imported = import_small("dynamic_batch");
  EXPECT_EQ(*function_of(imported.program).find("function_type"),
            "(tensor<1x16xi8>) -> tensor<1x7xi8>");
}

TEST_F(ProgramTest, QuantizingFloatsIsDivisionAndRoundingNotMultiplication) {
  const Imported imported = import_small("float_ends");
  const int quantized = imported.model.operators[0].outputs[0];
  std::vector<std::string> names;
  for (const Operation& operation : body_of(imported.program)) {
    if (operation.name == "arith.constant" || operation.name.starts_with("tosa.const") ||
        imported.program.module.location_name(operation) != fmt::format("t{}", quantized))
      continue;
    names.push_back(operation.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"arith.divf", "math.round", "arith.cmpf",
                                             "arith.select", "arith.cmpf", "arith.select",
                                             "arith.fptosi", "arith.addi", "arith.trunci"}));
}

TEST_F(ProgramTest, ReturnsEveryTensorThatAnOperatorComputes) {
  Imported imported = import_small("float_ends");
  return_all_tensors(imported.program, imported.model);
  const Program& program = imported.program;
  ASSERT_GT(program.results.size(), 1u);
  EXPECT_EQ(program.results[0], imported.model.outputs[0]);
  const Operation& last = body_of(program).back();
  ASSERT_EQ(last.operands.size(), program.results.size());
  std::set<int> seen;
  for (std::size_t i = 0; i < program.results.size(); ++i) {
    const int index = program.results[i];
    EXPECT_TRUE(seen.insert(index).second) << index;
    // What is returned as tensor n was made under the name tn, in its shape.
    const auto maker = std::ranges::find_if(body_of(program), [&](const Operation& operation) {
      return std::ranges::find(operation.results, last.operands[i]) != operation.results.end();
    });
    ASSERT_NE(maker, body_of(program).end());
    EXPECT_EQ(program.module.location_name(*maker), fmt::format("t{}", index));
    const auto type = mlir::tensor_type(last.operand_types[i]).value_or(mlir::TensorType{});
    EXPECT_EQ(type.count(), imported.model.tensors[static_cast<std::size_t>(index)].elements());
  }
  // The quantized input, the convolution and the mean.
  for (const tflite::Operator& op : imported.model.operators)
    EXPECT_TRUE(seen.contains(op.outputs[0])) << op.kind;
  EXPECT_EQ(*function_of(program).find("function_type"),
            fmt::format("(tensor<1x8x8x3xf32>) -> ({})", fmt::join(last.operand_types, ", ")));
}

TEST_F(ProgramTest, WhatCannotBeConvertedIsNamed) {
  for (const auto& [name, kind] : {std::pair{"unsupported", "TOPK_V2"}, std::pair{"elu", "ELU"}}) {
    const tflite::Model model = tflite::read(test::small_model(name)).value();
    const auto folder = TemporaryFolder::make(std::filesystem::temp_directory_path() / "refused");
    const auto program = import(model, folder->path());
    ASSERT_FALSE(program.has_value()) << name;
    EXPECT_EQ(program.error().code, ExitCode::kBadModel);
    EXPECT_NE(program.error().message.find(kind), std::string::npos) << program.error().message;
  }
}

// Tensors that were folded, that changed their type or have none of a width are left out.
TEST(ReturnAllTensors, LeavesOutWhatHasNoCounterpart) {
  constexpr std::string_view kText = R"("builtin.module"() ({
  "func.func"() <{function_type = (tensor<1x4xi8>) -> tensor<1x4xi8>, sym_name = "net"}> ({
  ^bb0(%arg0: tensor<1x4xi8>):
    %0 = "tosa.const"() <{values = dense<0> : tensor<4xi8>}> : () -> tensor<4xi8> loc(#loc1)
    %1 = "tosa.one"(%arg0) : (tensor<1x4xi8>) -> tensor<1x4xi32> loc(#loc1)
    %2 = "tosa.two"(%1) : (tensor<1x4xi32>) -> tensor<1x4xi8> loc(#loc2)
    %3 = "tosa.three"(%2) : (tensor<1x4xi8>) -> tensor<4xindex> loc(#loc3)
    %4 = "tosa.four"(%2) : (tensor<1x4xi8>) -> tensor<1x4xi8> loc(#loc4)
    "func.return"(%4) : (tensor<1x4xi8>) -> ()
  }) : () -> ()
}) : () -> ()
#loc1 = loc("t1")
#loc2 = loc("t2")
#loc3 = loc("t3")
#loc4 = loc("t4")
)";
  tflite::Model model;
  for (int i = 0; i < 6; ++i)
    model.tensors.push_back({i, "", tflite::ElementType::kInt8, {1, 4}, {}, false});
  model.outputs = {4};
  for (int i = 1; i < 6; ++i) model.operators.push_back({i, "ADD", {0}, {i}});
  Program program{mlir::parse(kText, "text").value(), model.outputs};
  return_all_tensors(program, model);
  EXPECT_EQ(program.results, (std::vector<int>{4, 2}));
  EXPECT_EQ(body_of(program).back().operands, (std::vector<std::string>{"%4", "%2"}));
}

}  // namespace
}  // namespace thimble::tosa
