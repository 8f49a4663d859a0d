// Random convolutions of every shape, encoded and computed by the microkernels, against the TOSA
// specification, written down here a second time, plainly.
#include "compiler/offload/encode_conv2d.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/offload/random_convolution.h"

namespace thimble::offload {
namespace {

using Microkernel = void (*)(const void*, std::byte* const*, std::uint32_t, std::uint32_t);

Microkernel function(std::string_view symbol) {
  if (symbol == "thimble_conv2d_packed") return microkernels::thimble_conv2d_packed;
  if (symbol == "thimble_conv2d_packed_with_exceptions") {
    return microkernels::thimble_conv2d_packed_with_exceptions;
  }
  if (symbol == "thimble_conv2d_unpacked") return microkernels::thimble_conv2d_unpacked;
  if (symbol == "thimble_conv2d_reference") return microkernels::thimble_conv2d_reference;
  return nullptr;
}

microkernels::Conv2d descriptor(const Convolution& layer, const EncodedConv2d& encoded) {
  const OutputRange& output = layer.rescale.output;
  const RequantizationPlan& plan = encoded.requantization;
  return {layer.window,
          {plan.biases.data(), plan.scales.data(), plan.form, plan.per_channel,
           static_cast<std::int16_t>(output.zero_point), static_cast<std::int8_t>(output.lowest),
           static_cast<std::int8_t>(output.highest), output.double_round},
          encoded.weights.data(),
          encoded.runs.data()};
}

class Convolutions : public testing::TestWithParam<int> {};

constexpr int kCasesEach = 60;

TEST_P(Convolutions, AreExact) {
  RandomConvolution random(static_cast<unsigned>(GetParam()));
  for (int i = 0; i < kCasesEach; ++i) {
    SCOPED_TRACE(i);
    const auto layer = random.make(false);
    for (const Goal goal : {Goal::kSpeed, Goal::kSize}) {
      const Conv2dEncoding encoding = encode_conv2d(*layer, goal);
      ASSERT_NE(function(encoding.symbol), nullptr) << encoding.symbol;
      const microkernels::Conv2dWithExceptions descriptors{
          descriptor(*layer, encoding.most), descriptor(*layer, encoding.exceptions),
          encoding.channels.data(), static_cast<std::uint16_t>(encoding.channels.size())};
      const auto kernel = [&](std::byte* const* buffers, std::uint32_t first_row,
                              std::uint32_t rows) {
        function(encoding.symbol)(&descriptors, buffers, first_row, rows);
      };
      const std::size_t scratch = microkernels::conv2d_scratch_bytes(layer->window);
      random.check(*layer, kernel, scratch);
      random.check_rows(*layer, kernel, scratch, conv2d_layer(*layer, goal).reads[0]);
      for (const Order& order : conv2d_layer(*layer, goal).orders)
        random.check_in_place(*layer, kernel, scratch, order);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Convolutions, testing::Range(1, 41));

}  // namespace
}  // namespace thimble::offload
