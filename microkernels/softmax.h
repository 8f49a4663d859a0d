// Softmax of int8 tensors over their last dimension, bit for bit as LiteRT's reference computes it
// in fixed point. The descriptor is made by the compiler (compiler/offload) and lives in flash.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thimble::microkernels {

/// The sum of more elements may not fit in 32 bits.
inline constexpr int kMostSoftmaxElements = 4095;

/// A difference of two inputs times multiplier * 2^(left_shift - 31) is what the exponential is
/// taken of, in units of 2^-26.
struct Softmax {
  std::int32_t multiplier;
  std::uint16_t elements;  ///< of a row, at most kMostSoftmaxElements
  std::uint8_t left_shift;
};

/// a * b / 2^31, rounded to the nearest, halves up. A call is smaller than its instructions.
[[gnu::noinline]] constexpr std::int32_t multiply_high(std::int32_t a, std::int32_t b) {
  constexpr std::int64_t kHalf = std::int64_t{1} << 30;
  return static_cast<std::int32_t>((std::int64_t{a} * b + kHalf) >> 31);
}

/// 2^31 times e to the power of what an input is below the largest of its row: 0 <= below < 256.
/// The quarters of the exponent are looked up bit by bit, the rest is a polynomial.
constexpr std::int32_t exponential(const Softmax& layer, int below) {
  constexpr std::int32_t kQuarter = 1 << 24;
  constexpr std::int32_t kFarthest = 31 << 26;  // what is farther below counts nothing
  constexpr std::int32_t kThird = 715827883;    // 2^31 / 3
  constexpr std::int32_t kMiddle = 1895147668;  // 2^31 exp(-1/8)
  constexpr std::int32_t kQuarters[] = {
      // 2^31 exp(-2^(i - 2))
      1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (below > kFarthest >> layer.left_shift) return 0;
  const std::int32_t exponent = multiply_high(-(below << layer.left_shift), layer.multiplier);
  if (exponent == 0) return INT32_MAX;
  const std::int32_t rest = (exponent & (kQuarter - 1)) - kQuarter;
  const std::int32_t x = (rest << 5) + (1 << 28);  // from the middle of the quarter
  const std::int32_t square = multiply_high(x, x);
  const std::int32_t cube = multiply_high(square, x);
  const std::int32_t fourth = multiply_high(square, square);
  const std::int32_t series = (multiply_high(((fourth + 2) >> 2) + cube, kThird) + square + 1) >> 1;
  std::int32_t result = kMiddle + multiply_high(kMiddle, x + series);
  std::int32_t quarters = (rest - exponent) / kQuarter;
  for (const std::int32_t* factor = kQuarters; quarters != 0; quarters >>= 1, ++factor) {
    if (quarters % 2 != 0) result = multiply_high(result, *factor);
  }
  return result;
}

/// A Microkernel (runtime/plan.h); a row is one run of the last dimension. Buffers: input, output,
/// scratch of 4 bytes an element. Descriptor: Softmax. Not for interrupts.
extern "C" void thimble_softmax(const void* descriptor, std::byte* const* buffers,
                                std::uint32_t first_row, std::uint32_t rows);

template <typename Order>
constexpr void softmax_order(const Softmax& layer, std::uint32_t rows, Order& order) {
  for (std::int64_t row = 0; row < rows; ++row) {
    order.reads(row * layer.elements);
    order.writes((row + 1) * layer.elements);
  }
}

}  // namespace thimble::microkernels
