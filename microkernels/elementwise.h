// Operators that make each output from the elements at its place in one or two
// int8 inputs. An input that is smaller is read again where it repeats. The
// descriptors are made by the compiler (compiler/offload) and live in flash.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thimble::microkernels {

/// How two inputs meet: rows of columns of elements. In an output and in the
/// first input the elements of a column are neighbours.
struct Broadcast {
  /// Bytes from one row and column of an input to the next: 0 where it repeats.
  struct Input {
    std::uint32_t row;
    std::uint32_t column;
  };
  std::uint32_t columns;   ///< of a row
  std::uint32_t elements;  ///< of a column
  Input first;
  Input second;
  bool second_repeats;  ///< all elements of a column meet the same one of the
                        ///< second input
};

/// How one of the inputs is read.
template <typename Order>
constexpr void broadcast_order(const Broadcast& shape, std::uint32_t rows, bool is_second,
                               Order& order) {
  const Broadcast::Input& input = is_second ? shape.second : shape.first;
  const std::uint32_t step = is_second && shape.second_repeats ? 0 : 1;
  std::int64_t written = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < shape.columns; ++column) {
      for (std::int64_t element = 0; element < shape.elements; ++element) {
        if (step != 0 || element == 0)
          order.reads(row * input.row + column * input.column + element * step);
        order.writes(++written);
      }
    }
  }
}

/// (first * first_factor + second * second_factor + offset) >> shift, clamped.
/// Zero points and roundings are in the numbers: the compiler has proved them
/// right for all pairs of inputs.
struct Add {
  Broadcast broadcast;
  std::int32_t first_factor;
  std::int32_t second_factor;
  std::int32_t offset;
  std::uint8_t shift;
  std::int8_t lowest;
  std::int8_t highest;
};

/// A Microkernel (runtime/plan.h), also for subtractions. Buffers: inputs,
/// output, none. Descriptor: Add. Not for interrupts.
extern "C" void thimble_add(const void* descriptor, std::byte* const* buffers,
                            std::uint32_t first_row, std::uint32_t rows);

/// The same, smaller and slower.
extern "C" void thimble_add_small(const void* descriptor, std::byte* const* buffers,
                                  std::uint32_t first_row, std::uint32_t rows);

/// A product of two int8 less their zero points has room for this shift in a
/// word.
inline constexpr int kProductShift = 15;

/// (high word of ((first - first_zero_point) * (second - second_zero_point) <<
/// kProductShift) times factor, plus offset, plus negative_offset if the high
/// word is negative) >> shift, clamped: proved as for Add.
struct Multiply {
  Broadcast broadcast;
  std::int16_t first_zero_point;
  std::int16_t second_zero_point;
  std::int32_t factor;
  std::int32_t offset;
  std::int32_t negative_offset;
  std::uint8_t shift;
  std::int8_t lowest;
  std::int8_t highest;
};

/// A Microkernel. Buffers: inputs, output, none. Descriptor: Multiply.
extern "C" void thimble_multiply(const void* descriptor, std::byte* const* buffers,
                                 std::uint32_t first_row, std::uint32_t rows);

/// The same, smaller and slower.
extern "C" void thimble_multiply_small(const void* descriptor, std::byte* const* buffers,
                                       std::uint32_t first_row, std::uint32_t rows);

/// Any function of one element.
struct Lookup {
  const void* table;        ///< 256 outputs: of 0 to 127, then of -128 to -1
  std::uint32_t row_bytes;  ///< of input and output
};

/// A Microkernel. Buffers: input, output, none. Descriptor: Lookup.
extern "C" void thimble_lookup(const void* descriptor, std::byte* const* buffers,
                               std::uint32_t first_row, std::uint32_t rows);

/// A function of one element that rises by 0 to 3 from each input to the next, within each sixteen
/// from -128 on: smaller and slower than Lookup.
struct LookupSteps {
  const void* table;  ///< 16 words: fields of two bits from the lowest on, the step to that input,
                      ///< the first 0; then 16 bytes: the output of the first input of each word
  std::uint32_t row_bytes;  ///< of input and output
};

/// A Microkernel. Buffers: input, output, none. Descriptor: LookupSteps.
extern "C" void thimble_lookup_steps(const void* descriptor, std::byte* const* buffers,
                                     std::uint32_t first_row, std::uint32_t rows);

/// Of both.
template <typename Order>
constexpr void lookup_order(const Lookup& layer, std::uint32_t rows, Order& order) {
  for (std::int64_t i = 0; i < std::int64_t{rows} * layer.row_bytes; ++i) {
    order.reads(i);
    order.writes(i + 1);
  }
}

}  // namespace thimble::microkernels
