// Against the host's own rounding and comparing, at all that is special and at random.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

extern "C" {
float fmaximumf(float a, float b);
float fminimumf(float a, float b);
float roundevenf(float value);
}

namespace thimble::runtime {
namespace {

// Through pointers, so that the compiler cannot put its own in their place.
float (*volatile const kMaximum)(float, float) = &fmaximumf;
float (*volatile const kMinimum)(float, float) = &fminimumf;
float (*volatile const kRoundEven)(float) = &roundevenf;

using Limits = std::numeric_limits<float>;

std::uint32_t bits(float value) {
  return std::bit_cast<std::uint32_t>(value);
}

std::vector<float> telling() {
  std::vector<float> positive{0.0F,
                              Limits::denorm_min(),
                              Limits::min(),
                              0.25F,
                              std::nextafter(0.5F, 0.0F),
                              0.5F,
                              std::nextafter(0.5F, 1.0F),
                              1.0F,
                              std::nextafter(1.5F, 1.0F),
                              1.5F,
                              2.5F,
                              3.5F,
                              127.5F,
                              4194303.5F,
                              4194304.5F,
                              8388606.5F,
                              8388607.5F,
                              8388608.0F,
                              8388609.0F,
                              16777215.0F,
                              16777216.0F,
                              1e30F,
                              Limits::max(),
                              Limits::infinity()};
  std::vector<float> all = positive;
  for (const float value : positive) all.push_back(-value);
  return all;
}

void expect_rounded(float value) {
  EXPECT_EQ(bits(kRoundEven(value)), bits(std::nearbyint(value))) << value;
}

TEST(FloatSupport, RoundsHalfToEvenAndKeepsTheSign) {
  for (const float value : telling()) expect_rounded(value);
  EXPECT_EQ(bits(kRoundEven(-0.5F)), bits(-0.0F));
  EXPECT_EQ(kRoundEven(2.5F), 2.0F);
  EXPECT_EQ(kRoundEven(-3.5F), -4.0F);
}

TEST(FloatSupport, RoundsAnyFloat) {
  std::mt19937 random(1);
  for (int i = 0; i < 1'000'000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (!std::isnan(value)) expect_rounded(value);
  }
  for (int quarters = -280'000; quarters <= 280'000; ++quarters)
    expect_rounded(static_cast<float>(quarters) / 4.0F);
}

TEST(FloatSupport, RoundingHandsNanOn) {
  EXPECT_TRUE(std::isnan(kRoundEven(Limits::quiet_NaN())));
  EXPECT_TRUE(std::isnan(kRoundEven(-Limits::quiet_NaN())));
}

TEST(FloatSupport, TheLargerAndTheSmaller) {
  for (const float a : telling()) {
    for (const float b : telling()) {
      if (a == b) continue;  // the two zeros: below
      EXPECT_EQ(bits(kMaximum(a, b)), bits(std::fmax(a, b))) << a << " " << b;
      EXPECT_EQ(bits(kMinimum(a, b)), bits(std::fmin(a, b))) << a << " " << b;
    }
    EXPECT_EQ(bits(kMaximum(a, a)), bits(a));
    EXPECT_EQ(bits(kMinimum(a, a)), bits(a));
  }
}

TEST(FloatSupport, MinusZeroIsLessThanZero) {
  EXPECT_EQ(bits(kMaximum(0.0F, -0.0F)), bits(0.0F));
  EXPECT_EQ(bits(kMaximum(-0.0F, 0.0F)), bits(0.0F));
  EXPECT_EQ(bits(kMinimum(0.0F, -0.0F)), bits(-0.0F));
  EXPECT_EQ(bits(kMinimum(-0.0F, 0.0F)), bits(-0.0F));
}

// Where fmaxf would swallow it.
TEST(FloatSupport, NanWins) {
  for (const float nan : {Limits::quiet_NaN(), -Limits::quiet_NaN(), Limits::signaling_NaN()}) {
    for (const float other : telling()) {
      EXPECT_TRUE(std::isnan(kMaximum(nan, other))) << other;
      EXPECT_TRUE(std::isnan(kMaximum(other, nan))) << other;
      EXPECT_TRUE(std::isnan(kMinimum(nan, other))) << other;
      EXPECT_TRUE(std::isnan(kMinimum(other, nan))) << other;
    }
    EXPECT_TRUE(std::isnan(kMaximum(nan, nan)));
  }
}

}  // namespace
}  // namespace thimble::runtime
