// The cheap forms of sums and products against TOSA's definition, for every
// pair of inputs.
#include "compiler/offload/pair_function.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "microkernels/elementwise.h"

namespace thimble::offload {
namespace {

constexpr int kLowest = -128;
constexpr int kHighest = 127;

struct Scale {
  std::int64_t multiplier;
  int shift;
};

Scale scale_of(double factor) {
  int exponent = 0;
  const double fraction = std::frexp(factor, &exponent);
  return {std::min<std::int64_t>(std::llround(std::ldexp(fraction, 31)), 0x7fffffff),
          31 - exponent};
}

// RESCALE with DOUBLE_ROUND of the specification, in 128 bits.
std::int64_t rescaled(std::int64_t value, const Scale& scale) {
  __int128 round = static_cast<__int128>(1) << (scale.shift - 1);
  if (scale.shift > 31) round += value >= 0 ? (1 << 30) : -(1 << 30);
  return static_cast<std::int64_t>((static_cast<__int128>(value) * scale.multiplier + round) >>
                                   scale.shift);
}

struct Case {
  int first_zero, second_zero, output_zero;
  double first_scale, second_scale, output_scale;
  PairFunction function;
};

class Forms : public testing::TestWithParam<int> {
 protected:
  int pick(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<unsigned>(high - low + 1));
  }
  double real(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }

  // Scales anywhere, or in simple proportions, so that halves occur.
  Case make_case() {
    const auto zero = [&] { return pick(0, 2) == 0 ? -128 : pick(-128, 127); };
    Case result{zero(), zero(), zero(), std::exp(real(-4, 0)), std::exp(real(-4, 0)), 0, {}};
    if (pick(0, 2) == 0) result.second_scale = std::ldexp(result.first_scale, pick(-3, 3));
    result.output_scale = std::max(result.first_scale, result.second_scale) *
                          (pick(0, 1) == 0 ? std::ldexp(1, pick(-1, 2)) : real(0.6, 3));
    result.function.lowest = pick(0, 3) == 0 ? result.output_zero : -128;
    return result;
  }

  template <typename Value>
  void fill(Case& layer, const Value& value) {
    for (int a = kLowest; a <= kHighest; ++a) {
      for (int b = kLowest; b <= kHighest; ++b) {
        const std::int64_t output =
            value(a - layer.first_zero, b - layer.second_zero) + layer.output_zero;
        layer.function.outputs.push_back(static_cast<std::int8_t>(
            std::clamp<std::int64_t>(output, layer.function.lowest, layer.function.highest)));
      }
    }
  }

  template <typename Value>
  static void expect_equal(const PairFunction& function, const Value& value) {
    auto wanted = function.outputs.begin();
    for (int a = kLowest; a <= kHighest; ++a) {
      for (int b = kLowest; b <= kHighest; ++b, ++wanted) {
        const std::int64_t output = value(a, b);
        ASSERT_EQ(std::clamp<std::int64_t>(output, function.lowest, function.highest), *wanted);
      }
    }
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
  int found_ = 0;
};

constexpr int kCasesEach = 10;

// LiteRT's way: both in 20 more bits, in units of twice the larger scale.
TEST_P(Forms, OfSumsAndDifferences) {
  for (int i = 0; i < kCasesEach; ++i) {
    Case layer = make_case();
    const int sign = pick(0, 2) == 0 ? -1 : 1;
    const double larger = 2 * std::max(layer.first_scale, layer.second_scale);
    const Scale first = scale_of(layer.first_scale / larger);
    const Scale second = scale_of(layer.second_scale / larger);
    const Scale output = scale_of(larger / layer.output_scale / (1 << 20));
    fill(layer, [&](std::int64_t a, std::int64_t b) {
      return rescaled(rescaled(a << 20, first) + sign * rescaled(b << 20, second), output);
    });
    const auto form = find_sum(layer.function, layer.first_scale / layer.output_scale,
                               sign * layer.second_scale / layer.output_scale);
    found_ += form ? 1 : 0;
    if (!form) continue;
    expect_equal(layer.function, [&](std::int64_t a, std::int64_t b) {
      const std::int64_t sum = a * form->first_factor + b * form->second_factor;
      EXPECT_EQ(sum, static_cast<std::int32_t>(sum));
      EXPECT_EQ(sum + form->offset, static_cast<std::int32_t>(sum + form->offset));
      return (sum + form->offset) >> form->shift;
    });
  }
  EXPECT_GE(found_, kCasesEach - 1) << "a form that is rarely found is of no use";
}

TEST_P(Forms, OfProducts) {
  for (int i = 0; i < kCasesEach; ++i) {
    Case layer = make_case();
    const double slope = pick(0, 2) == 0 ? std::ldexp(1, -pick(3, 9)) : std::exp(real(-7, -1));
    const Scale scale = scale_of(slope);
    fill(layer, [&](std::int64_t a, std::int64_t b) { return rescaled(a * b, scale); });
    const auto form = find_product(layer.function, layer.first_zero, layer.second_zero, slope);
    found_ += form ? 1 : 0;
    if (!form) continue;
    expect_equal(layer.function, [&](std::int64_t a, std::int64_t b) {
      const std::int64_t product = (a - layer.first_zero) * (b - layer.second_zero)
                                   << microkernels::kProductShift;
      EXPECT_EQ(product, static_cast<std::int32_t>(product));
      std::int64_t value = (product * form->factor) >> 32;
      if (value < 0) value += form->negative_offset;
      value += form->offset;
      EXPECT_EQ(value, static_cast<std::int32_t>(value));
      return value >> form->shift;
    });
  }
  EXPECT_GE(found_, kCasesEach - 1) << "a form that is rarely found is of no use";
}

TEST_P(Forms, WhatIsNoSumAndNoProductHasNone) {
  PairFunction function;
  for (int a = kLowest; a <= kHighest; ++a) {
    for (int b = kLowest; b <= kHighest; ++b)
      function.outputs.push_back(static_cast<std::int8_t>(std::max(a, b)));
  }
  const std::size_t wrong = random_() % function.outputs.size();
  EXPECT_FALSE(find_sum(function, 0.5, 0.5));
  EXPECT_FALSE(find_product(function, 0, 0, 0.01));
  // One output in the middle of a plain sum.
  for (int a = kLowest, at = 0; a <= kHighest; ++a) {
    for (int b = kLowest; b <= kHighest; ++b, ++at)
      function.outputs[static_cast<std::size_t>(at)] = static_cast<std::int8_t>((a + b) >> 1);
  }
  EXPECT_TRUE(find_sum(function, 0.5, 0.5));
  function.outputs[wrong] = static_cast<std::int8_t>(function.outputs[wrong] ^ 16);
  EXPECT_FALSE(find_sum(function, 0.5, 0.5));
}

INSTANTIATE_TEST_SUITE_P(Random, Forms, testing::Range(0, 12));

}  // namespace
}  // namespace thimble::offload
