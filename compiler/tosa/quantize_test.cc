// The chain that takes QUANTIZE's place computes what the reference does, for every float: it is
// evaluated here, operation by operation.
#include "compiler/tosa/quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace thimble::tosa {
namespace {

using mlir::Operation;

constexpr std::string_view kProgram = R"("builtin.module"() ({
  "func.func"() <{function_type = (tensor<1x2xf32>) -> tensor<1x2xi8>, sym_name = "net"}> ({
  ^bb0(%arg0: tensor<1x2xf32>):
    %0 = "tosa.const"() <{values = dense<10.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32> loc(#loc1)
    %1 = "tosa.mul"(%arg0, %0) : (tensor<1x2xf32>, tensor<1x1xf32>) -> tensor<1x2xf32> loc(#loc1)
    %2 = "tosa.cast"(%1) : (tensor<1x2xf32>) -> tensor<1x2xi32> loc(#loc1)
    %3 = "tosa.cast"(%2) : (tensor<1x2xi32>) -> tensor<1x2xi8> loc(#loc1)
    "func.return"(%3) : (tensor<1x2xi8>) -> ()
  }) : () -> ()
}) : () -> ()
#loc1 = loc("t1")
)";

struct Quantized {
  tflite::ElementType type;
  float scale;
  std::int64_t zero_point;
};

tflite::Model model_of(const Quantized& quantized) {
  tflite::Model model;
  model.tensors = {
      {0, "in", tflite::ElementType::kFloat32, {1, 2}, {}, false},
      {1, "out", quantized.type, {1, 2}, {{quantized.scale}, {quantized.zero_point}, 0}, false}};
  model.operators = {{0, "QUANTIZE", {0}, {1}}};
  model.inputs = {0};
  model.outputs = {1};
  return model;
}

std::vector<Operation> body_for(const tflite::Model& model) {
  mlir::Module module = mlir::parse(kProgram, "text").value();
  Operation& function = module.operations[0].regions[0].blocks[0].operations[0];
  quantize_like_the_reference(function, module, model);
  return function.regions[0].blocks[0].operations;
}

// All values of the chain are whole or floats: a double holds them.
double evaluate(const std::vector<Operation>& body, float input) {
  std::map<std::string, double> values{{"%arg0", input}};
  for (const Operation& operation : body) {
    const auto operand = [&](std::size_t i) { return values.at(operation.operands.at(i)); };
    double result = 0;
    if (operation.name == "arith.constant") {
      std::string text = operation.find("value")->substr(6);  // dense<
      const bool is_float = text.starts_with("0x");
      const auto number = std::stoll(text, nullptr, is_float ? 16 : 10);
      result = is_float ? std::bit_cast<float>(static_cast<std::uint32_t>(number))
                        : static_cast<double>(number);
    } else if (operation.name == "arith.divf") {
      result = static_cast<float>(operand(0)) / static_cast<float>(operand(1));
    } else if (operation.name == "math.round") {
      result = std::round(operand(0));
    } else if (operation.name == "arith.cmpf") {
      const std::string& predicate = *operation.find("predicate");
      EXPECT_TRUE(predicate == "4 : i64" || predicate == "2 : i64") << predicate;
      result = predicate == "4 : i64" ? operand(0) < operand(1) : operand(0) > operand(1);
    } else if (operation.name == "arith.select") {
      result = operand(0) != 0 ? operand(1) : operand(2);
    } else if (operation.name == "arith.fptosi") {
      EXPECT_LE(std::abs(operand(0)), 1 << 17);  // anything else would be undefined
      result = operand(0);
    } else if (operation.name == "arith.addi") {
      result = operand(0) + operand(1);
    } else if (operation.name == "arith.trunci") {
      result = operation.result_types[0].ends_with("i16>") ? static_cast<std::int16_t>(operand(0))
                                                           : static_cast<std::int8_t>(operand(0));
    } else if (operation.name == "func.return") {
      return operand(0);
    } else {
      EXPECT_EQ(operation.name, "tosa.const");
    }
    values[operation.results.at(0)] = result;
  }
  ADD_FAILURE() << "no return";
  return 0;
}

TEST(Quantize, DividesRoundsHalvesAwayFromZeroAndSaturates) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const Quantized& quantized : {Quantized{tflite::ElementType::kInt8, 0.1F, -5},
                                     Quantized{tflite::ElementType::kInt8, 0.25F, 127},
                                     Quantized{tflite::ElementType::kInt8, 3.0F, -128},
                                     Quantized{tflite::ElementType::kUint8, 0.5F, 0},
                                     Quantized{tflite::ElementType::kUint8, 0.007F, 200},
                                     Quantized{tflite::ElementType::kInt16, 1e-4F, 0}}) {
    const std::vector<Operation> body = body_for(model_of(quantized));
    const bool is_unsigned = quantized.type == tflite::ElementType::kUint8;
    const int width = tflite::bits(quantized.type);
    const double lowest = is_unsigned ? 0 : -std::pow(2, width - 1);
    const double highest = lowest + std::pow(2, width) - 1;
    std::vector<float> inputs{0.0F, -0.0F, 1e30F, -1e30F, kInfinity, -kInfinity, 1e-40F};
    for (int i = -2000; i <= 2000; ++i) {
      const float half = (static_cast<float>(i) + 0.5F) * quantized.scale;
      inputs.insert(inputs.end(), {half, std::nextafter(half, 1e9F), std::nextafter(half, -1e9F),
                                   static_cast<float>(i) * quantized.scale});
    }
    for (const float input : inputs) {
      const double exact = std::clamp<double>(
          std::round(input / quantized.scale) + static_cast<double>(quantized.zero_point), lowest,
          highest);
      ASSERT_EQ(evaluate(body, input), is_unsigned ? exact - 128 : exact) << input;
    }
  }
}

TEST(Quantize, LeavesAloneWhatItDoesNotKnow) {
  const std::size_t before = mlir::parse(kProgram, "text")
                                 ->operations[0]
                                 .regions[0]
                                 .blocks[0]
                                 .operations[0]
                                 .regions[0]
                                 .blocks[0]
                                 .operations.size();
  tflite::Model requantize = model_of({tflite::ElementType::kInt8, 0.1F, 0});
  requantize.tensors[0].type = tflite::ElementType::kInt8;  // from integers: exact as it is
  EXPECT_EQ(body_for(requantize).size(), before);
  tflite::Model per_channel = model_of({tflite::ElementType::kInt8, 0.1F, 0});
  per_channel.tensors[1].quantization = {{0.1F, 0.2F}, {0, 0}, 1};
  EXPECT_EQ(body_for(per_channel).size(), before);
  tflite::Model elsewhere = model_of({tflite::ElementType::kInt8, 0.1F, 0});
  elsewhere.tensors[1].index = 7;  // no operation carries this name
  EXPECT_EQ(body_for(elsewhere).size(), before);
}

}  // namespace
}  // namespace thimble::tosa
