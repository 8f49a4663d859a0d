// DEQUANTIZE as the converter writes it becomes a layer; what is no plain product of a constant
// stays.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/offload/offload.h"

namespace thimble::offload {
namespace {

struct Numbers {
  std::string zero_point = "-1.280000e+02";
  std::string scale = "3.906250e-03";
  std::string from = "i8";
  std::string returned = "%product";
};

// The layers of (x - zero_point) * scale over 2x3 elements.
std::vector<Layer> layers_of(const Numbers& numbers, std::string* printed = nullptr) {
  const std::string text = fmt::format(
      R"("builtin.module"() ({{
"func.func"() <{{function_type = (tensor<2x3x{0}>) -> tensor<2x3xf32>, sym_name = "net"}}> ({{
^bb0(%arg0: tensor<2x3x{0}>):
%z = "tosa.const"() <{{values = dense<{1}> : tensor<1x1xf32>}}> : () -> tensor<1x1xf32>
%s = "tosa.const"() <{{values = dense<{2}> : tensor<1x1xf32>}}> : () -> tensor<1x1xf32>
%n = "tosa.const"() <{{values = dense<0> : tensor<1xi8>}}> : () -> tensor<1xi8>
%float = "tosa.cast"(%arg0) : (tensor<2x3x{0}>) -> tensor<2x3xf32>
%less = "tosa.sub"(%float, %z) : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
%product = "tosa.mul"(%less, %s, %n) : (tensor<2x3xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x3xf32>
"func.return"({3}) : (tensor<2x3xf32>) -> ()
}}) : () -> ()
}}) : () -> ()
)",
      numbers.from, numbers.zero_point, numbers.scale, numbers.returned);
  auto module = mlir::parse(text, "test");
  EXPECT_TRUE(module.has_value()) << module.error().message;
  auto offloaded = offload(*module, "net", Goal::kSize);
  EXPECT_TRUE(offloaded.has_value());
  if (printed != nullptr) *printed = mlir::print(*module);
  return offloaded->layers;
}

TEST(Dequantize, BecomesALayer) {
  std::string printed;
  const std::vector<Layer> layers = layers_of({}, &printed);
  ASSERT_EQ(layers.size(), 1u);
  EXPECT_EQ(layers[0].symbol, "thimble_dequantize");
  EXPECT_EQ(layers[0].descriptor, "Dequantize{8388608, 6, -128, 119}");  // 2^-8
  EXPECT_EQ(printed.find("tosa."), std::string::npos) << printed;
}

TEST(Dequantize, ScalesMayBeWrittenAsBits) {
  const std::vector<Layer> layers =
      layers_of({.zero_point = "0.000000e+00", .scale = "0x3D4CCCCD"});
  ASSERT_EQ(layers.size(), 1u);
  EXPECT_EQ(layers[0].descriptor, "Dequantize{13421773, 6, 0, 122}");  // 0.05
}

TEST(Dequantize, WhatIsNoProductOfAConstantStays) {
  EXPECT_TRUE(layers_of({.zero_point = "1.280000e+02"}).empty()) << "beyond int8";
  EXPECT_TRUE(layers_of({.zero_point = "5.000000e-01"}).empty()) << "not whole";
  EXPECT_TRUE(layers_of({.zero_point = "0x7FC00000"}).empty()) << "not a number";
  EXPECT_TRUE(layers_of({.scale = "1.000000e-40"}).empty()) << "subnormal";
  EXPECT_TRUE(layers_of({.scale = "0x7F000000"}).empty()) << "products would overflow";
  EXPECT_TRUE(layers_of({.scale = "-3.906250e-03"}).empty());
  EXPECT_TRUE(layers_of({.from = "i16"}).empty());
  EXPECT_TRUE(layers_of({.returned = "%less"}).empty()) << "the difference is wanted";
}

}  // namespace
}  // namespace thimble::offload
