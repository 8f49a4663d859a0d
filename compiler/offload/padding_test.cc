// Padding goes into the convolutions that read it, where it is what they read beyond borders
// anyway.
#include "compiler/offload/padding.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/offload/offload.h"

namespace thimble::offload {
namespace {

// Padding of a picture 1x2x2x2 to 1x5x5x2, or of its channels too, then a convolution 2x2.
std::string program(const std::string& sides, int value, int channels = 2,
                    const std::string& returned = "%scaled") {
  return fmt::format(
      R"("builtin.module"() ({{
"func.func"() <{{function_type = () -> (), sym_name = "net"}}> ({{
^bb0(%arg0: tensor<1x2x2x2xi8>):
%sides = "tosa.const_shape"() <{{values = dense<[{0}]> : tensor<8xindex>}}> : () -> !tosa.shape<8>
%value = "tosa.const"() <{{values = dense<{1}> : tensor<1xi8>}}> : () -> tensor<1xi8>
%w = "tosa.const"() <{{values = dense<3> : tensor<1x2x2x{2}xi8>}}> : () -> tensor<1x2x2x{2}xi8>
%b = "tosa.const"() <{{values = dense<10> : tensor<1xi32>}}> : () -> tensor<1xi32>
%iz = "tosa.const"() <{{values = dense<-3> : tensor<1xi8>}}> : () -> tensor<1xi8>
%wz = "tosa.const"() <{{values = dense<0> : tensor<1xi8>}}> : () -> tensor<1xi8>
%m = "tosa.const"() <{{values = dense<1244967221> : tensor<1xi32>}}> : () -> tensor<1xi32>
%s = "tosa.const"() <{{values = dense<35> : tensor<1xi8>}}> : () -> tensor<1xi8>
%z = "tosa.const"() <{{values = dense<0> : tensor<1xi32>}}> : () -> tensor<1xi32>
%padded = "tosa.pad"(%arg0, %sides, %value) : (tensor<1x2x2x2xi8>, !tosa.shape<8>, tensor<1xi8>) -> tensor<1x5x5x{2}xi8>
%sums = "tosa.conv2d"(%padded, %w, %b, %iz, %wz) <{{acc_type = i32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 1, 1, 0>, stride = array<i64: 1, 1>}}> : (tensor<1x5x5x{2}xi8>, tensor<1x2x2x{2}xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x5x5x1xi32>
%scaled = "tosa.rescale"(%sums, %m, %s, %z, %iz) <{{input_unsigned = false, output_unsigned = false, per_channel = false, rounding_mode = #tosa.rounding_mode<DOUBLE_ROUND>, scale32 = true}}> : (tensor<1x5x5x1xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x5x5x1xi8>
"func.return"({3}) : (tensor<1x5x5x1xi8>) -> ()
}}) : () -> ()
}}) : () -> ()
)",
      sides, value, channels, returned);
}

// The convolution after absorb_padding.
mlir::Operation convolution_in(const std::string& text) {
  auto module = mlir::parse(text, "test");
  EXPECT_TRUE(module.has_value()) << module.error().message;
  mlir::Operation result;
  mlir::walk(*module, [&](mlir::Operation& operation) {
    if (operation.name != "func.func") return;
    absorb_padding(operation.regions[0].blocks[0]);
    for (const mlir::Operation& inner : operation.regions[0].blocks[0].operations)
      if (inner.name == "tosa.conv2d") result = inner;
  });
  return result;
}

TEST(Padding, BecomesPartOfAConvolution) {
  const mlir::Operation convolution = convolution_in(program("0, 0, 1, 2, 2, 1, 0, 0", -3));
  EXPECT_EQ(convolution.operands[0], "%arg0");
  EXPECT_EQ(convolution.operand_types[0], "tensor<1x2x2x2xi8>");
  EXPECT_EQ(mlir::integers(*convolution.find("pad")), (std::vector<std::int64_t>{1, 3, 3, 1}));
}

TEST(Padding, OfAnotherValueOrOfChannelsStays) {
  EXPECT_EQ(convolution_in(program("0, 0, 1, 2, 2, 1, 0, 0", 0)).operands[0], "%padded");
  EXPECT_EQ(convolution_in(program("0, 0, 1, 2, 2, 1, 1, 0", -3, 3)).operands[0], "%padded");
}

TEST(Padding, ThatNobodyElseReadsIsNoLayer) {
  for (const bool is_read : {false, true}) {
    auto module = *mlir::parse(
        program("0, 0, 1, 2, 2, 1, 0, 0", -3, 2, is_read ? "%scaled, %padded" : "%scaled"), "test");
    EXPECT_EQ(offload(module, "net", Goal::kSpeed)->layers.size(), is_read ? 2u : 1u);
  }
}

}  // namespace
}  // namespace thimble::offload
