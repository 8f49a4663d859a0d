// Softmaxes of every size, scale and kind of input against the operations that the converter makes
// of them, written down one by one in wide arithmetic; and against the real function.
#include "microkernels/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <vector>

namespace thimble::microkernels {
namespace {

// a * b / 2^shift, halves up: TOSA's MUL.
std::int64_t mul(std::int64_t a, std::int64_t b, int shift) {
  const __int128 half = shift == 0 ? 0 : static_cast<__int128>(1) << (shift - 1);
  return static_cast<std::int64_t>((static_cast<__int128>(a) * b + half) >> shift);
}

// TOSA's ARITHMETIC_RIGHT_SHIFT with rounding.
std::int64_t shift_right(std::int64_t value, int shift) {
  return (value >> shift) + ((value >> (shift - 1)) & 1);
}

// A row, given 2^31 times the exponential of each element.
std::vector<int> specified(const std::vector<std::int64_t>& exponentials) {
  std::int64_t sum = 0;
  for (const std::int64_t value : exponentials) sum += shift_right(value, 12);
  const int zeros = std::countl_zero(static_cast<std::uint32_t>(sum));
  const std::int64_t half = sum << (zeros - 1);
  std::int64_t x = mul(half, -1010580540, 31) + 1515870810;
  for (int i = 0; i < 3; ++i) x += 4 * mul(x, 536870912 - mul(x, half, 31), 31);
  std::vector<int> result;
  for (const std::int64_t value : exponentials) {
    const std::int64_t rounded = shift_right(mul(value, x, 30), 35 - zeros);
    result.push_back(static_cast<int>(std::clamp<std::int64_t>(rounded - 128, -128, 127)));
  }
  return result;
}

Softmax descriptor(double scale, int elements) {
  int exponent = 0;
  const double mantissa = std::frexp(scale * (1 << 26), &exponent);
  return {static_cast<std::int32_t>(std::llround(std::min(mantissa * 0x1p31, 0x1p31 - 1))),
          static_cast<std::uint16_t>(elements), static_cast<std::uint8_t>(exponent)};
}

TEST(Exponential, IsLiteRTsToTheLastBit) {
  // The first entries of the tables that the converter makes for two scales.
  const Softmax kws = descriptor(0.14469251036643982, 1);
  const std::int32_t kws_table[] = {2147483647, 1858192517, 1607872223, 1391273112, 1203852363};
  const Softmax ic = descriptor(0.17185351252555847, 1);
  const std::int32_t ic_table[] = {2147483647, 1808401399, 1522859376, 1282403567, 1079915416};
  for (int below = 0; below < 5; ++below) {
    EXPECT_EQ(exponential(kws, below), kws_table[below]);
    EXPECT_EQ(exponential(ic, below), ic_table[below]);
  }
}

class Softmaxes : public testing::TestWithParam<int> {
 protected:
  int pick(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }
  double scale() { return std::exp2(std::uniform_real_distribution(-12.0, 2.0)(random_)); }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
};

TEST_P(Softmaxes, ExponentialIsNearTheRealOne) {
  const double step = scale();
  const Softmax layer = descriptor(step, 1);
  for (int below = 0; below < 256; ++below)
    EXPECT_NEAR(exponential(layer, below) * 0x1p-31, std::exp(-step * below), 3e-7);
}

TEST_P(Softmaxes, AreExact) {
  constexpr int kCasesEach = 100;
  for (int i = 0; i < kCasesEach; ++i) {
    SCOPED_TRACE(i);
    const int elements = pick(0, 9) == 0 ? pick(1, 500) : pick(1, 20);
    const int rows = pick(1, 4);
    const Softmax layer = descriptor(scale(), elements);
    const int low = pick(0, 2) == 0 ? pick(-128, 127) : -128;
    const int high = pick(0, 2) == 0 ? pick(low, 127) : std::max(low, 127);
    std::vector<std::int8_t> input(static_cast<std::size_t>(rows * elements));
    for (std::int8_t& value : input) value = static_cast<std::int8_t>(pick(low, high));
    constexpr std::int8_t kGuard = 77;
    std::vector<std::int8_t> output(input.size() + 1, kGuard);
    std::vector<std::int32_t> scratch(static_cast<std::size_t>(elements) + 1, kGuard);
    std::byte* buffers[] = {reinterpret_cast<std::byte*>(input.data()),
                            reinterpret_cast<std::byte*>(output.data()),
                            reinterpret_cast<std::byte*>(scratch.data())};
    const int split = pick(0, rows);
    thimble_softmax(&layer, buffers, 0, static_cast<std::uint32_t>(split));
    thimble_softmax(&layer, buffers, static_cast<std::uint32_t>(split),
                    static_cast<std::uint32_t>(rows - split));
    EXPECT_EQ(output.back(), kGuard);
    EXPECT_EQ(scratch.back(), kGuard);
    for (int row = 0; row < rows; ++row) {
      const auto first = input.begin() + row * elements;
      const int highest = *std::max_element(first, first + elements);
      std::vector<std::int64_t> exponentials;
      exponentials.reserve(static_cast<std::size_t>(elements));
      for (int e = 0; e < elements; ++e)
        exponentials.push_back(exponential(layer, highest - first[e]));
      const std::vector<int> wanted = specified(exponentials);
      ASSERT_TRUE(std::equal(wanted.begin(), wanted.end(), output.begin() + row * elements));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Softmaxes, testing::Range(1, 41));

}  // namespace
}  // namespace thimble::microkernels
