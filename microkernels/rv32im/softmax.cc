// Softmax over int8: the exponentials of a row are kept as 32-bit words until their sum is known.
// Small, as it is run once a picture.
#pragma clang attribute push([[clang::minsize]], apply_to = function)
#include "microkernels/softmax.h"

namespace thimble::microkernels {
namespace {

constexpr int kSumBits = 12;     // left of the binary point of the sum of a row's exponentials
constexpr int kLeastShift = 22;  // to units of 2^-9, of which outputs are rounded

// What exponentials are divided by: they are multiplied and shifted right.
struct Divisor {
  std::int32_t factor;  // in units of 2^-31
  int shift;            // besides kLeastShift
};

// Newton's method: a reciprocal from 1 to 2, in units of 2^-29, of the sum moved to [1/2, 1).
Divisor divisor_of(std::int32_t sum) {
  constexpr std::int32_t kFirst = 1515870810;   // 48/17
  constexpr std::int32_t kSlope = -1010580540;  // -32/17
  constexpr std::int32_t kOne = 1 << 29;
  int shift = kSumBits - 1;
  for (; sum >> 30 == 0; sum *= 2) --shift;
  std::int32_t x = kFirst + multiply_high(sum, kSlope);
  for (int i = 0; i < 3; ++i) x += multiply_high(x, kOne - multiply_high(sum, x)) * 4;
  return {x + (x - (x >> 30)), shift};  // saturated, as 2 has no place
}

void softmax_row(const Softmax& layer, const std::int8_t* input, std::int8_t* output,
                 std::int32_t* exponentials) {
  const int elements = layer.elements;
  int highest = INT8_MIN;
  for (int i = 0; i < elements; ++i) highest = input[i] > highest ? input[i] : highest;
  std::int32_t sum = 0;
  for (int i = 0; i < elements; ++i) {
    exponentials[i] = exponential(layer, highest - input[i]);
    sum += ((exponentials[i] >> (kSumBits - 1)) + 1) >> 1;
  }
  const Divisor divisor = divisor_of(sum);
  for (int i = 0; i < elements; ++i) {
    const std::int32_t quotient = multiply_high(exponentials[i], divisor.factor);
    const std::int32_t rounded = ((quotient >> kLeastShift >> divisor.shift) + 1) >> 1;
    output[i] = static_cast<std::int8_t>(rounded > UINT8_MAX ? INT8_MAX : rounded + INT8_MIN);
  }
}

}  // namespace

extern "C" void thimble_softmax(const void* descriptor, std::byte* const* buffers,
                                std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Softmax*>(descriptor);
  const auto* input = reinterpret_cast<const std::int8_t*>(buffers[0]) + first_row * layer.elements;
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]) + first_row * layer.elements;
  auto* exponentials = reinterpret_cast<std::int32_t*>(buffers[2]);
  for (; rows != 0; --rows, input += layer.elements, output += layer.elements)
    softmax_row(layer, input, output, exponentials);
}

}  // namespace thimble::microkernels
#pragma clang attribute pop
