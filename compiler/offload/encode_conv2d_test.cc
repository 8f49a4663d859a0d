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
  if (symbol == "thimble_conv2d_reference") return microkernels::thimble_conv2d_reference;
  return nullptr;
}

class Convolutions : public testing::TestWithParam<int> {};

constexpr int kCasesEach = 60;

TEST_P(Convolutions, AreExact) {
  RandomConvolution random(static_cast<unsigned>(GetParam()));
  for (int i = 0; i < kCasesEach; ++i) {
    SCOPED_TRACE(i);
    const auto layer = random.make(false);
    for (const Goal goal : {Goal::kSpeed, Goal::kSize}) {
      EncodedConv2d encoded = encode_conv2d(*layer, goal);
      const microkernels::Requantization requantization{
          encoded.requantization.biases.data(),
          encoded.requantization.scales.data(),
          encoded.requantization.form,
          encoded.requantization.per_channel,
          static_cast<std::int16_t>(layer->rescale.output.zero_point),
          static_cast<std::int8_t>(layer->rescale.output.lowest),
          static_cast<std::int8_t>(layer->rescale.output.highest),
          layer->rescale.output.double_round};
      const microkernels::Conv2d descriptor{layer->window, requantization, encoded.weights.data(),
                                            encoded.runs.data()};
      ASSERT_NE(function(encoded.symbol), nullptr) << encoded.symbol;
      random.check(
          *layer,
          [&](std::byte* const* buffers, std::uint32_t first_row, std::uint32_t rows) {
            function(encoded.symbol)(&descriptor, buffers, first_row, rows);
          },
          microkernels::conv2d_scratch_bytes(layer->window));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Convolutions, testing::Range(1, 41));

}  // namespace
}  // namespace thimble::offload
