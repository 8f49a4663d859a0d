// Random depthwise convolutions, encoded and computed by the microkernels, against the TOSA
// specification.
#include "compiler/offload/encode_depthwise.h"

#include <gtest/gtest.h>

#include <string_view>

#include "compiler/offload/random_convolution.h"

namespace thimble::offload {
namespace {

using Microkernel = void (*)(const void*, std::byte* const*, std::uint32_t, std::uint32_t);

Microkernel function(std::string_view symbol) {
  if (symbol == "thimble_depthwise_conv2d") return microkernels::thimble_depthwise_conv2d;
  if (symbol == "thimble_depthwise_conv2d_packed")
    return microkernels::thimble_depthwise_conv2d_packed;
  if (symbol == "thimble_depthwise_conv2d_packed_3")
    return microkernels::thimble_depthwise_conv2d_packed_3;
  if (symbol == "thimble_depthwise_conv2d_packed_5")
    return microkernels::thimble_depthwise_conv2d_packed_5;
  if (symbol == "thimble_depthwise_conv2d_packed_7")
    return microkernels::thimble_depthwise_conv2d_packed_7;
  if (symbol == "thimble_depthwise_conv2d_3x3_stride1") {
    return microkernels::thimble_depthwise_conv2d_3x3_stride1;
  }
  if (symbol == "thimble_depthwise_conv2d_3x3_stride2") {
    return microkernels::thimble_depthwise_conv2d_3x3_stride2;
  }
  if (symbol == "thimble_depthwise_conv2d_3x3_stride1_rectified") {
    return microkernels::thimble_depthwise_conv2d_3x3_stride1_rectified;
  }
  if (symbol == "thimble_depthwise_conv2d_3x3_stride2_rectified") {
    return microkernels::thimble_depthwise_conv2d_3x3_stride2_rectified;
  }
  if (symbol == "thimble_depthwise_conv2d_3x3_small") {
    return microkernels::thimble_depthwise_conv2d_3x3_small;
  }
  return nullptr;
}

class DepthwiseConvolutions : public testing::TestWithParam<int> {};

constexpr int kCasesEach = 60;

TEST_P(DepthwiseConvolutions, AreExact) {
  RandomConvolution random(static_cast<unsigned>(GetParam()));
  for (int i = 0; i < kCasesEach; ++i) {
    SCOPED_TRACE(i);
    const auto layer = random.make(true);
    for (const Goal goal : {Goal::kSpeed, Goal::kSize}) {
      if (layer->unsigned_input && goal == Goal::kSize) continue;
      const DepthwiseEncoding encoding = encode_depthwise(*layer, goal);
      ASSERT_NE(function(encoding.symbol), nullptr) << encoding.symbol;
      const microkernels::DepthwiseConv2d descriptor = encoding.descriptor(*layer);
      const auto kernel = [&](std::byte* const* buffers, std::uint32_t first_row,
                              std::uint32_t rows) {
        function(encoding.symbol)(&descriptor, buffers, first_row, rows);
      };
      const std::size_t scratch = encoding.scratch_bytes;
      random.check(*layer, kernel, scratch);
      for (const Order& order : depthwise_layer(*layer, goal).orders)
        random.check_in_place(*layer, kernel, scratch, order);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, DepthwiseConvolutions, testing::Range(1, 41));

}  // namespace
}  // namespace thimble::offload
