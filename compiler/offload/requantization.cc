// See requantization.h.
#include "compiler/offload/requantization.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/offload/bytes.h"
#include "compiler/offload/steps.h"

namespace thimble::offload {
namespace {

using microkernels::RequantizationForm;

constexpr std::int64_t kSafeValue = std::int64_t{1} << 30;  // values are doubled in 32 bits
constexpr std::uint32_t kShiftMask = 31;
constexpr int kUnitBits = 30;  // the high word of 2 value times 2 multiplier is in units of 2^30

// One way to compute a channel.
struct Scaling {
  std::uint32_t multiplier = 0;
  std::int64_t bias_change = 0;
};

int evaluate(std::int64_t value, const Scaling& scaling, const OutputRange& range, bool symmetric) {
  const std::int32_t offset =
      microkernels::rounding_offset(scaling.multiplier, range.zero_point, range.double_round);
  const std::int32_t result =
      microkernels::scaled(static_cast<std::int32_t>(value + scaling.bias_change),
                           scaling.multiplier, offset, symmetric);
  return std::clamp(result, range.lowest, range.highest);
}

// Equal steps are a proof of equality, as both functions are monotone.
bool has_steps(const Steps& steps, const ChannelScale& channel, const Scaling& scaling,
               const OutputRange& range, bool symmetric) {
  if (channel.lowest + scaling.bias_change <= -kSafeValue ||
      channel.highest + scaling.bias_change >= kSafeValue) {
    return false;
  }
  const auto output = [&](std::int64_t value) {
    return evaluate(value, scaling, range, symmetric);
  };
  int level = steps.first;
  if (output(channel.lowest) != level ||
      output(channel.highest) != level + static_cast<int>(steps.thresholds.size())) {
    return false;
  }
  for (const std::int64_t threshold : steps.thresholds) {
    if (output(threshold - 1) > level || output(threshold) <= level) return false;
    ++level;
  }
  return true;
}

// Multipliers worth trying, nearest first: the program's own, its last bits making room for the
// shift.
std::vector<std::uint32_t> multipliers_for(const ChannelScale& channel) {
  constexpr int kNeighbours = 24;
  std::int64_t factor = channel.multiplier * 2;
  int shift = channel.shift - kUnitBits;
  while (factor > 0 && factor < (std::int64_t{1} << 31) && shift < 31) {
    factor *= 2;
    ++shift;
  }
  std::vector<std::uint32_t> multipliers;
  if (factor <= 0 || shift < 1 || shift > 31) return multipliers;
  const std::int64_t middle = (factor & ~std::int64_t{kShiftMask}) | shift;
  for (int k = 0; k <= kNeighbours; ++k) {
    for (const int sign : {1, -1}) {
      const std::int64_t candidate =
          middle + std::int64_t{sign} * k * (std::int64_t{kShiftMask} + 1);
      if (candidate > 0 && candidate <= 0xffffffff && (k > 0 || sign > 0))
        multipliers.push_back(static_cast<std::uint32_t>(candidate));
    }
  }
  return multipliers;
}

// A channel whose output is always the same: a scale of one step a power of two, and a bias in the
// middle of the step.
std::optional<Scaling> constant_scaling(const Steps& steps, const ChannelScale& channel,
                                        const OutputRange& range, bool symmetric) {
  if (!steps.thresholds.empty()) return std::nullopt;
  for (std::uint32_t shift = 1; shift < 30; ++shift) {
    const std::int64_t middle = (channel.lowest + channel.highest) / 2;
    const std::int64_t wanted =
        static_cast<std::int64_t>(steps.first - range.zero_point) * (std::int64_t{1} << shift);
    const Scaling scaling{(1U << 31) | shift, wanted - middle};
    if (has_steps(steps, channel, scaling, range, symmetric)) return scaling;
  }
  return std::nullopt;
}

std::optional<Scaling> find_scaling(const Steps& steps, const ChannelScale& channel,
                                    const OutputRange& range, bool symmetric) {
  for (const std::uint32_t multiplier : multipliers_for(channel)) {
    if (has_steps(steps, channel, {multiplier, 0}, range, symmetric)) return Scaling{multiplier, 0};
  }
  return constant_scaling(steps, channel, range, symmetric);
}

bool one_scale_for_all(const std::vector<ChannelScale>& channels) {
  return std::ranges::all_of(channels, [&](const ChannelScale& channel) {
    return channel.multiplier == channels[0].multiplier && channel.shift == channels[0].shift;
  });
}

// One multiplier that is exact for every channel, when the program has one scale for all.
std::optional<std::uint32_t> common_multiplier(const std::vector<ChannelScale>& channels,
                                               const std::vector<Steps>& steps,
                                               const OutputRange& range, bool symmetric) {
  if (!one_scale_for_all(channels)) return std::nullopt;
  for (const std::uint32_t multiplier : multipliers_for(channels[0])) {
    bool exact = true;
    for (std::size_t c = 0; c < channels.size() && exact; ++c)
      exact = has_steps(steps[c], channels[c], {multiplier, 0}, range, symmetric);
    if (exact) return multiplier;
  }
  return std::nullopt;
}

// The layer in one form, with the channels for which it is not exact.
RequantizationPlan try_form(const std::vector<ChannelScale>& channels,
                            const std::vector<Steps>& steps, const OutputRange& output,
                            bool symmetric) {
  RequantizationPlan plan;
  plan.form = symmetric ? RequantizationForm::kSymmetric : RequantizationForm::kOneSided;
  std::vector<std::uint32_t> scales;
  const auto common = common_multiplier(channels, steps, output, symmetric);
  if (common) {
    plan.per_channel = false;
    scales = {*common};
  }
  for (std::size_t c = 0; c < channels.size(); ++c) {
    std::optional<Scaling> scaling;
    if (common) {
      scaling = Scaling{*common, 0};
    } else {
      scaling = find_scaling(steps[c], channels[c], output, symmetric);
      if (!scaling) plan.exceptions.push_back(static_cast<int>(c));
      if (!scaling) scaling = Scaling{1, 0};
      scales.push_back(scaling->multiplier);
    }
    plan.biases.push_back(static_cast<std::int32_t>(channels[c].bias + scaling->bias_change));
  }
  plan.scales = bytes_of(scales);
  return plan;
}

}  // namespace

int requantized(std::int64_t value, const ChannelScale& channel, const OutputRange& output) {
  const std::int64_t scaled =
      microkernels::apply_scale(value, channel.multiplier, channel.shift, output.double_round);
  return static_cast<int>(
      std::clamp<std::int64_t>(scaled + output.zero_point, output.lowest, output.highest));
}

RequantizationPlan reference_requantization(const std::vector<ChannelScale>& channels) {
  RequantizationPlan plan;
  plan.per_channel = !one_scale_for_all(channels);
  for (const ChannelScale& channel : channels) {
    plan.biases.push_back(static_cast<std::int32_t>(channel.bias));
    if (!plan.per_channel && !plan.scales.empty()) continue;
    for (int bit = 0; bit < 32; bit += 8)
      plan.scales.push_back(static_cast<std::uint8_t>(channel.multiplier >> bit));
    plan.scales.push_back(static_cast<std::uint8_t>(channel.shift));
  }
  plan.forms["reference"] = static_cast<int>(channels.size());
  return plan;
}

RequantizationPlan plan_requantization(const std::vector<ChannelScale>& channels,
                                       const OutputRange& output, bool allow_exceptions) {
  constexpr std::size_t kMostExceptions = 8;  // one channel in so many
  if (std::ranges::any_of(channels, [](const auto& channel) { return channel.multiplier < 0; }))
    return reference_requantization(channels);
  std::vector<Steps> steps;
  steps.reserve(channels.size());
  for (const ChannelScale& channel : channels) steps.push_back(steps_of(channel, output));

  std::map<std::string, int> forms;
  std::vector<bool> settled(channels.size());
  RequantizationPlan plan;
  const std::size_t most_exceptions = allow_exceptions ? channels.size() / kMostExceptions : 0;
  for (const bool symmetric : {false, true}) {
    plan = try_form(channels, steps, output, symmetric);
    for (std::size_t c = 0; c < channels.size(); ++c) {
      if (settled[c] || std::ranges::binary_search(plan.exceptions, static_cast<int>(c))) continue;
      settled[c] = true;
      ++forms[symmetric ? "symmetric" : "one-sided"];
    }
    if (plan.exceptions.size() <= most_exceptions) break;
  }
  if (plan.exceptions.size() > most_exceptions) plan = reference_requantization(channels);
  plan.forms = std::move(forms);
  if (const auto rest = std::ranges::count(settled, false); rest > 0)
    plan.forms["reference"] = static_cast<int>(rest);
  return plan;
}

void shorten_biases(RequantizationPlan& plan) {
  constexpr std::int32_t kLimit = 1 << 23;
  plan.short_biases = std::ranges::all_of(
      plan.biases, [](std::int32_t bias) { return bias >= -kLimit && bias < kLimit; });
}

std::vector<std::uint8_t> bias_constant(const RequantizationPlan& plan) {
  if (!plan.short_biases) return bytes_of(plan.biases);
  std::vector<std::uint8_t> bytes;
  for (const std::int32_t bias : plan.biases) {
    for (int bit = 0; bit < 24; bit += 8) bytes.push_back(static_cast<std::uint8_t>(bias >> bit));
  }
  return bytes;
}

microkernels::Requantization requantization_of(const RequantizationPlan& plan,
                                               const OutputRange& output, const void* biases) {
  return {biases,
          plan.scales.data(),
          plan.form,
          plan.per_channel,
          static_cast<std::int16_t>(output.zero_point),
          static_cast<std::int16_t>(output.lowest),
          static_cast<std::int16_t>(output.highest),
          output.double_round,
          plan.short_biases};
}

std::string requantization_text(const RequantizationPlan& plan, const OutputRange& output,
                                const std::string& biases, const std::string& scales) {
  const char* form = plan.form == RequantizationForm::kOneSided    ? "kOneSided"
                     : plan.form == RequantizationForm::kSymmetric ? "kSymmetric"
                     : plan.form == RequantizationForm::kThreshold ? "kThreshold"
                                                                   : "kReference";
  return fmt::format("{{{}, {}, microkernels::RequantizationForm::{}, {}, {}, {}, {}, {}, {}}}",
                     biases, scales, form, plan.per_channel, output.zero_point, output.lowest,
                     output.highest, output.double_round, plan.short_biases);
}

}  // namespace thimble::offload
