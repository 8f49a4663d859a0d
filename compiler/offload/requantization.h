// The cheapest exact way from a layer's sums to its outputs. The definition (TOSA's RESCALE with
// zero point and clamp) is a monotone step function of the sum: two forms that have the same
// thresholds over all sums that can occur are the same function. That is checked for each channel,
// so a form is chosen by proof, not by sample.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "microkernels/requantize.h"

namespace thimble::offload {

/// The program's RESCALE of one output channel, and the sums that can reach it.
struct ChannelScale {
  std::int64_t bias = 0;  ///< with the input's zero point folded in
  std::int64_t multiplier = 0;
  int shift = 0;
  std::int64_t lowest = 0;  ///< of the sum with its bias, over all inputs
  std::int64_t highest = 0;
};

/// What all channels of a layer share.
struct OutputRange {
  int zero_point = 0;
  int lowest = -128;
  int highest = 127;
  bool double_round = false;
};

/// The definition: output for a value, which is a sum with its bias.
[[nodiscard]] int requantized(std::int64_t value, const ChannelScale& channel,
                              const OutputRange& output);

struct RequantizationPlan {
  microkernels::RequantizationForm form = microkernels::RequantizationForm::kReference;
  bool per_channel = true;
  bool short_biases = false;  ///< see shorten_biases()
  std::vector<std::int32_t> biases;
  std::vector<std::uint8_t> scales;  ///< as microkernels/requantize.h has them
  std::map<std::string, int> forms;  ///< channels by the cheapest form that would do for each
  std::vector<int> exceptions;       ///< channels for which the form is not exact
};

/// Chooses the form of a layer: the cheapest that is exact for all its channels. A microkernel that
/// computes single channels in another way may allow exceptions, which then are few.
[[nodiscard]] RequantizationPlan plan_requantization(const std::vector<ChannelScale>& channels,
                                                     const OutputRange& output,
                                                     bool allow_exceptions = false);

/// RequantizationForm::kReference for these channels.
[[nodiscard]] RequantizationPlan reference_requantization(
    const std::vector<ChannelScale>& channels);

/// For microkernels that requantize with microkernels::Requantizer: three bytes a bias, if all fit.
void shorten_biases(RequantizationPlan& plan);

/// The constant that Requantization::biases points to.
[[nodiscard]] std::vector<std::uint8_t> bias_constant(const RequantizationPlan& plan);

/// The descriptor's part. `biases` are those of bias_constant().
[[nodiscard]] microkernels::Requantization requantization_of(const RequantizationPlan& plan,
                                                             const OutputRange& output,
                                                             const void* biases);

/// Its initializer: `biases` and `scales` are expressions for
/// addresses.
[[nodiscard]] std::string requantization_text(const RequantizationPlan& plan,
                                              const OutputRange& output, const std::string& biases,
                                              const std::string& scales);

}  // namespace thimble::offload
