// The loops of operators with two inputs. Element i is written after element i
// of each input is read, so the output may be one of the inputs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microkernels/elementwise.h"

namespace thimble::microkernels {

/// Applies `function`, int8 and int8 to int8, to `rows` rows from `first_row`
/// on. `kFast` is larger.
template <bool kFast, typename Function>
void apply(const Broadcast& shape, std::byte* const* buffers, std::uint32_t first_row,
           std::uint32_t rows, const Function& function) {
  auto* output = reinterpret_cast<std::int8_t*>(buffers[2]);
  output += first_row * shape.columns * shape.elements;
  for (std::uint32_t row = first_row; row < first_row + rows; ++row) {
    const auto* first = reinterpret_cast<const std::int8_t*>(buffers[0]) + row * shape.first.row;
    const auto* second = reinterpret_cast<const std::int8_t*>(buffers[1]) + row * shape.second.row;
    for (std::uint32_t column = 0; column < shape.columns; ++column) {
      const std::int8_t* const end = first + shape.elements;
      if constexpr (!kFast) {
        const std::int8_t* other = second;
        const std::int8_t value =
            *other;  // what repeats is read once: the output may take its place
        for (const std::int8_t* next = first; next != end; ++next, ++other)
          *output++ = function(*next, shape.second_repeats ? value : *other);
      } else if (shape.second_repeats) {
        const std::int8_t other = *second;
        const std::int8_t* next = first;
        do {
          *output++ = function(*next++, other);
        } while (next != end);
      } else {
        const std::int8_t* next = first;
        const std::int8_t* other = second;
        const std::int8_t* const end_of_fours = end - shape.elements % 4;
        for (; next != end_of_fours; next += 4, other += 4, output += 4) {
          output[0] = function(next[0], other[0]);
          output[1] = function(next[1], other[1]);
          output[2] = function(next[2], other[2]);
          output[3] = function(next[3], other[3]);
        }
        while (next != end) *output++ = function(*next++, *other++);
      }
      first += shape.first.column;
      second += shape.second.column;
    }
  }
}

/// Cheaper than std::clamp: no addresses.
constexpr std::int8_t clamped(std::int32_t value, std::int32_t lowest, std::int32_t highest) {
  if (value < lowest) value = lowest;
  if (value > highest) value = highest;
  return static_cast<std::int8_t>(value);
}

}  // namespace thimble::microkernels
