// Which layers are taken out of a program, and which stay.
#include "compiler/offload/offload.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace thimble::offload {
namespace {

// A convolution 1x1x2x2 -> 3 channels with rescale and clamp; `%s` marks what tests change.
std::string program(const std::string& rounding = "DOUBLE_ROUND",
                    const std::string& weight_zero = "0",
                    const std::string& returned = "%clamped") {
  const std::string type = returned == "%sums" ? "i32" : "i8";
  return R"("builtin.module"() ({
"func.func"() <{function_type = (tensor<1x2x2x2xi8>) -> tensor<1x2x2x3x)" +
         type + R"(>, sym_name = "net"}> ({
^bb0(%arg0: tensor<1x2x2x2xi8>):
%w = "tosa.const"() <{values = dense<[[[[1, 2]]], [[[3, 4]]], [[[-5, 6]]]]> : tensor<3x1x1x2xi8>}> : () -> tensor<3x1x1x2xi8>
%b = "tosa.const"() <{values = dense<[10, 20, 30]> : tensor<3xi32>}> : () -> tensor<3xi32>
%iz = "tosa.const"() <{values = dense<-3> : tensor<1xi8>}> : () -> tensor<1xi8>
%wz = "tosa.const"() <{values = dense<)" +
         weight_zero + R"(> : tensor<1xi8>}> : () -> tensor<1xi8>
%m = "tosa.const"() <{values = dense<"0x35b1c54a9217e35d5f0a3c51"> : tensor<3xi32>}> : () -> tensor<3xi32>
%s = "tosa.const"() <{values = dense<35> : tensor<3xi8>}> : () -> tensor<3xi8>
%z = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
%oz = "tosa.const"() <{values = dense<7> : tensor<1xi8>}> : () -> tensor<1xi8>
%sums = "tosa.conv2d"(%arg0, %w, %b, %iz, %wz) <{acc_type = i32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}> : (tensor<1x2x2x2xi8>, tensor<3x1x1x2xi8>, tensor<3xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x2x2x3xi32>
%scaled = "tosa.rescale"(%sums, %m, %s, %z, %oz) <{input_unsigned = false, output_unsigned = false, per_channel = true, rounding_mode = #tosa.rounding_mode<)" +
         rounding +
         R"(>, scale32 = true}> : (tensor<1x2x2x3xi32>, tensor<3xi32>, tensor<3xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x2x2x3xi8>
%clamped = "tosa.clamp"(%scaled) <{max_val = 100 : i8, min_val = -100 : i8}> : (tensor<1x2x2x3xi8>) -> tensor<1x2x2x3xi8>
"func.return"()" +
         returned + R"() : (tensor<1x2x2x3x)" + type + R"(>) -> ()
}) : () -> ()
}) : () -> ()
)";
}

std::vector<Layer> offload_text(const std::string& text, std::string& printed) {
  auto module = mlir::parse(text, "test");
  EXPECT_TRUE(module.has_value()) << module.error().message;
  auto offloaded = offload(*module, "net", Goal::kSpeed);
  EXPECT_TRUE(offloaded.has_value());
  printed = mlir::print(*module);
  return offloaded->layers;
}

TEST(Offload, TakesAConvolutionWithItsRescaleAndClamp) {
  std::string printed;
  const std::vector<Layer> layers = offload_text(program(), printed);
  ASSERT_EQ(layers.size(), 1u);
  const Layer& layer = layers[0];
  EXPECT_EQ(layer.function, "net_layer_0");
  EXPECT_EQ(layer.symbol, "thimble_conv2d_packed");
  EXPECT_EQ(layer.operation, "tosa.conv2d");
  EXPECT_EQ(layer.rows, 2);
  ASSERT_EQ(layer.constants.size(), 4u);
  EXPECT_EQ(printed.find("tosa."), std::string::npos) << "nothing of the layer stays:\n" << printed;
  EXPECT_NE(printed.find("@microkernels::@net_layer_0"), std::string::npos);
  ASSERT_TRUE(mlir::parse(printed, "printed").has_value());
}

// Clamps on their own are layers too; what is in question here is the convolution.
void expect_convolution_stays(const std::string& text) {
  std::string printed;
  const std::vector<Layer> layers = offload_text(text, printed);
  EXPECT_EQ(std::ranges::count(layers, "tosa.conv2d", &Layer::operation), 0);
  EXPECT_NE(printed.find("tosa.conv2d"), std::string::npos);
}

TEST(Offload, WhatNoMicrokernelComputesStays) {
  expect_convolution_stays(program("INEXACT_ROUND"));
  SCOPED_TRACE("weights with a zero point");
  expect_convolution_stays(program("DOUBLE_ROUND", "1"));
  SCOPED_TRACE("sums wanted elsewhere");
  expect_convolution_stays(program("DOUBLE_ROUND", "0", "%sums"));
}

TEST(Offload, AResultThatIsWantedBeforeTheClampEndsTheLayerThere) {
  std::string text = program("DOUBLE_ROUND", "0", "%scaled");
  std::string printed;
  const std::vector<Layer> layers = offload_text(text, printed);
  ASSERT_EQ(layers.size(), 1u);
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  ASSERT_NE(text.find(from), std::string::npos) << from;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

TEST(Offload, AClampBehindAReshapeIsPartOfTheLayer) {
  std::string text = program();
  replace(
      text, R"(%clamped = "tosa.clamp"(%scaled))",
      R"(%extents = "tosa.const_shape"() <{values = dense<[4, 3]> : tensor<2xindex>}> : () -> !tosa.shape<2>
%rows = "tosa.reshape"(%scaled, %extents) : (tensor<1x2x2x3xi8>, !tosa.shape<2>) -> tensor<4x3xi8>
%clamped = "tosa.clamp"(%rows))");
  replace(text, ": (tensor<1x2x2x3xi8>) -> tensor<1x2x2x3xi8>",
          ": (tensor<4x3xi8>) -> tensor<4x3xi8>");
  replace(text, R"(: (tensor<1x2x2x3xi8>) -> ())", R"(: (tensor<4x3xi8>) -> ())");
  replace(text, "-> tensor<1x2x2x3xi8>, sym_name", "-> tensor<4x3xi8>, sym_name");
  std::string printed;
  ASSERT_EQ(offload_text(text, printed).size(), 1u) << printed;
  EXPECT_EQ(printed.find("tosa."), std::string::npos) << "nothing of the layer stays:\n" << printed;
}

TEST(Offload, FiltersOfOneChannelAreAConvolution) {
  std::string text = program();
  replace(text, "tosa.conv2d", "tosa.depthwise_conv2d");
  replace(text, "1x2x2x2x", "1x2x2x1x");
  replace(text, "[[[[1, 2]]], [[[3, 4]]], [[[-5, 6]]]]", "[[[[1, 3, -5]]]]");
  replace(text, "3x1x1x2x", "1x1x1x3x");
  std::string printed;
  const std::vector<Layer> layers = offload_text(text, printed);
  ASSERT_EQ(layers.size(), 1u);
  EXPECT_EQ(layers[0].operation, "tosa.depthwise_conv2d");
  EXPECT_EQ(layers[0].symbol, "thimble_conv2d_packed");
}

}  // namespace
}  // namespace thimble::offload
