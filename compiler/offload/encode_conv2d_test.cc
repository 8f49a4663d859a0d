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
  if (symbol == "thimble_conv2d_packed_whole") return microkernels::thimble_conv2d_packed_whole;
  if (symbol == "thimble_conv2d_packed_whole_unsigned") {
    return microkernels::thimble_conv2d_packed_whole_unsigned;
  }
  if (symbol == "thimble_conv2d_line") return microkernels::thimble_conv2d_line;
  if (symbol == "thimble_conv2d_line_with_exceptions") {
    return microkernels::thimble_conv2d_line_with_exceptions;
  }
  if (symbol == "thimble_conv2d_unpacked") return microkernels::thimble_conv2d_unpacked;
  if (symbol == "thimble_conv2d_reference") return microkernels::thimble_conv2d_reference;
  return nullptr;
}

microkernels::Conv2d descriptor(const Convolution& layer, const EncodedConv2d& encoded,
                                const std::vector<std::uint8_t>& biases) {
  return {layer.window,
          requantization_of(encoded.requantization, layer.rescale.output, biases.data()),
          encoded.weights.data(), encoded.runs.data(),
          static_cast<std::uint16_t>(encoded.segment_taps)};
}

class Convolutions : public testing::TestWithParam<int> {};

constexpr int kCasesEach = 60;

// One segment of taps, several windows, and rounding that is the same for all outputs.
bool may_be_whole(const Convolution& layer, const Conv2dEncoding& encoding) {
  const OutputRange& output = layer.rescale.output;
  return encoding.most.segment_taps >= static_cast<int>(layer.taps()) &&
         !microkernels::is_line(layer.window) &&
         (output.lowest == output.zero_point || !output.double_round);
}

TEST_P(Convolutions, AreExact) {
  RandomConvolution random(static_cast<unsigned>(GetParam()));
  int wholes = 0;
  int others = 0;
  for (int i = 0; i < kCasesEach; ++i) {
    SCOPED_TRACE(i);
    const auto layer = random.make(false);
    for (const Goal goal : {Goal::kSpeed, Goal::kSize}) {
      const Conv2dEncoding encoding = encode_conv2d(*layer, goal);
      ASSERT_NE(function(encoding.symbol), nullptr) << encoding.symbol;
      const bool is_whole =
          encoding.most.requantization.form == microkernels::RequantizationForm::kThreshold;
      if (is_whole) ++wholes;
      if (!is_whole && may_be_whole(*layer, encoding)) ++others;
      const auto biases = bias_constant(encoding.most.requantization);
      const auto exceptional_biases = bias_constant(encoding.exceptions.requantization);
      const microkernels::Conv2dWithExceptions descriptors{
          descriptor(*layer, encoding.most, biases),
          descriptor(*layer, encoding.exceptions, exceptional_biases), encoding.channels.data(),
          static_cast<std::uint16_t>(encoding.channels.size())};
      const auto kernel = [&](std::byte* const* buffers, std::uint32_t first_row,
                              std::uint32_t rows) {
        function(encoding.symbol)(&descriptors, buffers, first_row, rows);
      };
      const std::size_t scratch = conv2d_layer(*layer, goal).scratch_bytes;
      random.check(*layer, kernel, scratch);
      random.check_rows(*layer, kernel, scratch, conv2d_layer(*layer, goal).reads[0]);
      for (const Order& order : conv2d_layer(*layer, goal).orders)
        random.check_in_place(*layer, kernel, scratch, order);
    }
  }
  EXPECT_GT(wholes, 3 * others);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Convolutions, testing::Range(1, 41));

}  // namespace
}  // namespace thimble::offload
