// See threshold_scales.h.
#include "compiler/offload/threshold_scales.h"

#include <algorithm>

#include "compiler/offload/bytes.h"
#include "compiler/offload/steps.h"
#include "microkernels/tile.h"

namespace thimble::offload {
namespace {

using microkernels::ThresholdScale;

constexpr int kWordBits = 32;
constexpr std::int64_t kWords = std::int64_t{1} << kWordBits;
constexpr std::int64_t kMiddle = std::int64_t{1} << (microkernels::kFieldBits - 1);
constexpr int kMostShift = 31;
constexpr std::int64_t kMultiplierStep = std::int64_t{kMostShift} + 1;

// The finest multiplier that makes of a sum's words what the program's makes of the sum. 0: none.
std::int64_t nearest_multiplier(const ChannelScale& channel) {
  for (int shift = kMostShift; shift > 0; --shift) {
    const int up = microkernels::kFieldBits + shift - channel.shift;
    if (up > kMostShift) continue;
    const std::int64_t factor =
        up >= 0 ? channel.multiplier << up : channel.multiplier >> std::min(-up, 2 * kMostShift);
    if (factor < kWords) return (factor & ~std::int64_t{kMostShift}) | shift;
  }
  return 0;
}

// What is above the threshold, at least, for `steps` more than the lowest output.
std::int64_t distance(std::int64_t steps, std::int64_t multiplier) {
  const std::int64_t high_word = steps << multiplier % kWordBits;
  if (high_word >= multiplier) return 2 * kWords;  // further than words reach
  const auto product = static_cast<std::uint64_t>(high_word) << kWordBits;
  const auto divisor = static_cast<std::uint64_t>(multiplier);
  return static_cast<std::int64_t>((product + divisor - 1) / divisor);
}

// The threshold in the middle of all with which the steps are right, if there are any. As steps
// are all there is to a monotone function, every one of them is exact.
std::optional<std::uint32_t> find_threshold(const ChannelScale& channel, const Steps& steps,
                                            const OutputRange& output, std::int64_t multiplier) {
  const auto word = [&](std::int64_t value) {
    return (value - channel.bias + kMiddle) << (kWordBits - microkernels::kFieldBits);
  };
  std::int64_t least = 0;
  std::int64_t most = kWords - 1;
  const auto reaches = [&](std::int64_t value, int level) {
    most = std::min(most, word(value) - distance(level - output.lowest, multiplier));
  };
  const auto stays_below = [&](std::int64_t value, int level) {
    least = std::max(least, word(value) - distance(level - output.lowest, multiplier) + 1);
  };
  int level = steps.first;
  if (level > output.lowest) reaches(channel.lowest, level);
  for (const std::int64_t threshold : steps.thresholds) {
    ++level;
    reaches(threshold, level);
    stays_below(threshold - 1, level);
  }
  if (level < output.highest) stays_below(channel.highest, level + 1);
  if (least > most) return std::nullopt;
  return static_cast<std::uint32_t>(least + (most - least) / 2);
}

std::optional<ThresholdScale> find_scale(const ChannelScale& channel, const OutputRange& output) {
  constexpr int kNeighbours = 24;
  const std::int64_t nearest = channel.multiplier > 0 ? nearest_multiplier(channel) : 0;
  const Steps steps = steps_of(channel, output);
  for (std::int64_t k = 0; k <= kNeighbours && nearest > 0; ++k) {
    for (const int sign : {1, -1}) {
      const std::int64_t multiplier = nearest + sign * k * kMultiplierStep;
      if (multiplier < kMultiplierStep || multiplier >= kWords) continue;
      if (const auto threshold = find_threshold(channel, steps, output, multiplier))
        return ThresholdScale{static_cast<std::uint32_t>(multiplier), *threshold};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<RequantizationPlan> plan_thresholds(const std::vector<ChannelScale>& channels,
                                                  const OutputRange& output) {
  std::vector<std::uint32_t> words;
  for (const ChannelScale& channel : channels) {
    const auto scale = find_scale(channel, output);
    if (!scale) return std::nullopt;
    words.insert(words.end(), {scale->multiplier, scale->threshold});
  }
  RequantizationPlan plan;
  plan.form = microkernels::RequantizationForm::kThreshold;
  plan.scales = bytes_of(words);
  plan.forms["threshold"] = static_cast<int>(channels.size());
  return plan;
}

}  // namespace thimble::offload
