// Every int8 with random scales and zero points, against the host's own floating point.
#include "microkernels/dequantize.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <vector>

namespace thimble::microkernels {
namespace {

void expect_products(std::uint32_t scale_bits, std::int16_t zero_point, std::uint32_t rows) {
  const auto scale = std::bit_cast<float>(scale_bits);
  const Dequantize layer{(scale_bits & 0x7fffffU) | 0x800000U, 256 / rows, zero_point,
                         static_cast<std::uint8_t>(scale_bits >> 23U)};
  std::vector<std::int8_t> input;
  for (int value = -128; value < 128; ++value) input.push_back(static_cast<std::int8_t>(value));
  constexpr float kGuard = 77;
  std::vector<float> output(input.size() + 1, kGuard);
  std::byte* buffers[] = {reinterpret_cast<std::byte*>(input.data()),
                          reinterpret_cast<std::byte*>(output.data())};
  thimble_dequantize(&layer, buffers, 0, rows / 2);
  thimble_dequantize(&layer, buffers, rows / 2, rows - rows / 2);
  EXPECT_EQ(output.back(), kGuard);
  for (std::size_t i = 0; i < input.size(); ++i) {
    const float wanted = (static_cast<float>(input[i]) - static_cast<float>(zero_point)) * scale;
    ASSERT_EQ(std::bit_cast<std::uint32_t>(output[i]), std::bit_cast<std::uint32_t>(wanted))
        << scale << " * (" << static_cast<int>(input[i]) << " - " << zero_point << ")";
  }
}

TEST(Dequantize, IsTheProductOfFloats) {
  std::mt19937 random(1);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution(low, high)(random);
  };
  for (int i = 0; i < 20000; ++i) {
    // Few significant bits make ties.
    const int zeros = pick(0, 2) == 0 ? pick(0, 23) : 0;
    const auto fraction = static_cast<std::uint32_t>(pick(0, 0x7fffff) >> zeros << zeros);
    const auto exponent = static_cast<std::uint32_t>(pick(1, kHighestExponent));
    expect_products(exponent << 23U | fraction, static_cast<std::int16_t>(pick(-128, 127)),
                    1U << static_cast<unsigned>(pick(0, 8)));
  }
}

TEST(Dequantize, AtTheEndsOfItsRange) {
  for (const std::uint32_t fraction : {0x0U, 0x1U, 0x7fffffU}) {
    for (const std::uint32_t exponent : {1U, static_cast<std::uint32_t>(kHighestExponent)}) {
      for (const int zero_point : {-128, 0, 127})
        expect_products(exponent << 23U | fraction, static_cast<std::int16_t>(zero_point), 2);
    }
  }
}

}  // namespace
}  // namespace thimble::microkernels
