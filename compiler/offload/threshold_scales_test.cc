// Thresholds are exact for every sum that there can be, and found for nearly every channel.
#include "compiler/offload/threshold_scales.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "microkernels/tile.h"

namespace thimble::offload {
namespace {

using microkernels::ThresholdScale;

constexpr std::int64_t kMiddle = 1 << (microkernels::kFieldBits - 1);

ThresholdScale scale_of(const RequantizationPlan& plan) {
  ThresholdScale scale{};
  EXPECT_EQ(plan.scales.size(), sizeof scale);
  std::memcpy(&scale, plan.scales.data(), sizeof scale);
  return scale;
}

// Compares all sums from the channel's lowest to its highest.
void expect_exact(const ChannelScale& channel, const OutputRange& output) {
  const auto plan = plan_thresholds({channel}, output);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->form, microkernels::RequantizationForm::kThreshold);
  const ThresholdScale scale = scale_of(*plan);
  for (std::int64_t value = channel.lowest; value <= channel.highest; ++value) {
    const auto sum = static_cast<std::uint32_t>(value - channel.bias + kMiddle);
    ASSERT_EQ(microkernels::from_threshold(sum, scale, output.lowest, output.highest),
              requantized(value, channel, output))
        << value;
  }
}

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}

  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }

  // Some hundred sums an output at the most, as the layers of networks have them.
  ChannelScale channel() {
    ChannelScale result;
    result.bias = pick(-50000, 50000);
    result.lowest = result.bias - pick(1, kMiddle);
    result.highest = result.bias + pick(0, kMiddle - 1);
    result.multiplier = pick(std::int64_t{1} << 30, (std::int64_t{1} << 31) - 1);
    result.shift = static_cast<int>(pick(31, 40));
    return result;
  }

  OutputRange output() {
    OutputRange result;
    const bool is_unsigned = pick(0, 1) != 0;
    const int least = is_unsigned ? 0 : -128;
    result.zero_point = least + static_cast<int>(pick(0, 1) * pick(0, 255));
    result.lowest = pick(0, 1) != 0 ? result.zero_point : least;
    result.highest = least + 255 - static_cast<int>(pick(0, 1) * pick(0, 100));
    result.highest = std::max(result.highest, result.zero_point);
    result.double_round = result.lowest == result.zero_point && pick(0, 1) != 0;
    return result;
  }

 private:
  std::mt19937_64 random_;
};

class Thresholds : public testing::TestWithParam<unsigned> {};

TEST_P(Thresholds, AreExact) {
  Random random(GetParam());
  int found = 0;
  constexpr int kChannels = 40;
  for (int i = 0; i < kChannels; ++i) {
    const ChannelScale channel = random.channel();
    const OutputRange output = random.output();
    if (!plan_thresholds({channel}, output)) continue;
    ++found;
    SCOPED_TRACE(i);
    expect_exact(channel, output);
  }
  EXPECT_GE(found, kChannels * 9 / 10);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Thresholds, testing::Range(1U, 5U));

TEST(Thresholds, AreExactWhereHalvesAre) {
  // 2^-8 and 3 * 2^-9: halves of outputs are sums.
  for (const std::int64_t factor : {std::int64_t{1} << 30, std::int64_t{3} << 29}) {
    const ChannelScale channel{100, factor, 38, 100 - kMiddle, 99 + kMiddle};
    expect_exact(channel, {-128, -128, 127, false});
    expect_exact(channel, {-128, -128, 127, true});
    expect_exact(channel, {3, -128, 127, false});
    // Halves go away from zero on either side.
    EXPECT_FALSE(plan_thresholds({channel}, {3, -128, 127, true}));
  }
}

TEST(Thresholds, AreExactWhereAllOutputsAreTheSame) {
  const std::int64_t multiplier = std::int64_t{1} << 30;
  expect_exact({-400000, multiplier, 38, -400000 - 1000, -400000 + 1000}, {0, 0, 255, false});
  expect_exact({400000, multiplier, 38, 400000 - 1000, 400000 + 1000}, {0, 0, 255, false});
}

TEST(Thresholds, OfAllChannelsOrNone) {
  const ChannelScale exact{0, std::int64_t{1} << 30, 38, -1000, 1000};
  ChannelScale negative = exact;
  negative.multiplier = -negative.multiplier;
  EXPECT_TRUE(plan_thresholds({exact, exact}, {}));
  EXPECT_FALSE(plan_thresholds({exact, negative}, {}));
}

}  // namespace
}  // namespace thimble::offload
