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
constexpr std::int64_t kMiddle = std::int64_t{1} << (microkernels::kFieldBits - 1);
constexpr std::int64_t kOverflow = std::int64_t{1} << (kWordBits - 1);
constexpr int kUnusedBits = kWordBits - microkernels::kFieldBits;

// A channel, and how it may be computed.
class Search {
 public:
  Search(const ChannelScale& channel, const OutputRange& output)
      : channel_(channel), output_(output), steps_(steps_of(channel, output)) {}

  // The program's own multiplier and its neighbours; then coarser ones, for what overflows.
  [[nodiscard]] std::optional<ThresholdScale> find() const {
    constexpr int kNeighbours = 24;
    constexpr int kShifts = 4;
    const std::int64_t step = std::int64_t{kMostShift} + 1;
    int tried = 0;
    for (int shift = kMostShift; shift > 0 && tried < kShifts; --shift) {
      const std::int64_t middle = multiplier(shift);
      if (middle == 0) continue;
      ++tried;
      for (int k = 0; k <= kNeighbours; ++k) {
        for (const std::int64_t candidate : {middle + k * step, middle - k * step}) {
          if (candidate < step || candidate >= std::int64_t{1} << kWordBits) continue;
          const auto scale = with_threshold(static_cast<std::uint32_t>(candidate));
          if (scale && is_exact(*scale)) return scale;
        }
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr int kMostShift = 31;

  // A sum as the tile has it.
  [[nodiscard]] std::int64_t field(std::int64_t value) const {
    return value - channel_.bias + kMiddle;
  }
  static std::int64_t high_word(std::int64_t field, std::uint32_t multiplier) {
    return static_cast<std::int64_t>(
        (static_cast<std::uint64_t>(field) << kUnusedBits) * multiplier >> kWordBits);
  }

  // That makes one more of an output at that shift; 0 if it is too large.
  [[nodiscard]] std::int64_t multiplier(int shift) const {
    const int up = microkernels::kFieldBits + shift - channel_.shift;
    const std::int64_t factor = up >= 0 ? channel_.multiplier << std::min(up, kMostShift)
                                        : channel_.multiplier >> std::min(-up, 2 * kMostShift);
    if (up > kMostShift || factor >> kWordBits != 0) return 0;
    return (factor & ~std::int64_t{kMostShift}) | shift;
  }

  // The threshold in the middle of all for which the steps may be right, if there are any and
  // no result overflows.
  [[nodiscard]] std::optional<ThresholdScale> with_threshold(std::uint32_t multiplier) const {
    const auto step = [&](int level) {
      return std::int64_t{level - output_.lowest - 1} * (std::int64_t{1} << multiplier % kWordBits);
    };
    // High words of the threshold.
    std::int64_t least = 0;
    std::int64_t most = (std::int64_t{1} << kWordBits) - 1;
    const auto reaches = [&](std::int64_t value, int level) {
      most = std::min(most, high_word(field(value), multiplier) - step(level));
    };
    const auto stays_below = [&](std::int64_t value, int level) {
      least = std::max(least, high_word(field(value), multiplier) - step(level) + 1);
    };
    int level = steps_.first;
    if (level > output_.lowest) reaches(channel_.lowest, level);
    for (const std::int64_t threshold : steps_.thresholds) {
      ++level;
      reaches(threshold, level);
      stays_below(threshold - 1, level);
    }
    if (level < output_.highest) stays_below(channel_.highest, level + 1);
    if (least > most) return std::nullopt;
    const auto middle = static_cast<std::uint64_t>(least + (most - least) / 2);
    const std::uint64_t threshold = ((middle << kWordBits) + multiplier - 1) / multiplier;
    const std::int64_t base = std::int64_t{output_.lowest + 1} << multiplier % kWordBits;
    const std::int64_t highest =
        high_word(field(channel_.highest), multiplier) - static_cast<std::int64_t>(middle) + base;
    if (threshold >> kWordBits != 0 || base < -kOverflow || highest >= kOverflow)
      return std::nullopt;
    return ThresholdScale{multiplier, static_cast<std::uint32_t>(threshold)};
  }

  // Equal steps are a proof of equality, as both functions are monotone.
  [[nodiscard]] bool is_exact(const ThresholdScale& scale) const {
    const auto output = [&](std::int64_t value) {
      return microkernels::from_threshold(static_cast<std::uint32_t>(field(value)), scale,
                                          output_.lowest, output_.highest + 1);
    };
    int level = steps_.first;
    if (output(channel_.lowest) != level ||
        output(channel_.highest) != level + static_cast<int>(steps_.thresholds.size())) {
      return false;
    }
    return std::ranges::all_of(steps_.thresholds, [&](std::int64_t threshold) {
      const bool is_step = output(threshold - 1) <= level && output(threshold) > level;
      ++level;
      return is_step;
    });
  }

  const ChannelScale& channel_;
  const OutputRange& output_;
  const Steps steps_;
};

}  // namespace

std::optional<RequantizationPlan> plan_thresholds(const std::vector<ChannelScale>& channels,
                                                  const OutputRange& output) {
  std::vector<std::uint32_t> words;
  for (const ChannelScale& channel : channels) {
    if (channel.multiplier <= 0) return std::nullopt;
    const auto scale = Search(channel, output).find();
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
