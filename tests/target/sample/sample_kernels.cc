// What IREE's object file and the microkernels are to a real model: the functions that the steps of
// `sample` call.
#include <cstddef>
#include <cstdint>

#include "runtime/executable_library.h"

extern "C" {

extern const std::int8_t sample_weights[16];
const std::int8_t sample_weights[16] = {1, -2,  3,  -4,  5,  -6,  7,  -8,
                                        9, -10, 11, -12, 13, -14, 15, -16};

/// sums[row] += constants[1] + the row's dot product with its weights, 4 (= constants[0]) columns;
/// a workgroup a row. Uses its local memory to be sure that there is some.
int sample_dispatch_0(const thimble::runtime::Environment*,
                      const thimble::runtime::DispatchState* dispatch,
                      const thimble::runtime::WorkgroupState* workgroup) {
  if (dispatch->constant_count != 2 || dispatch->binding_count != 3 ||
      dispatch->binding_lengths[2] != 16 || workgroup->local_memory_bytes < 4) {
    return 1;
  }
  const std::uint32_t columns = dispatch->constants[0];
  const std::uint32_t row =
      workgroup->workgroup_id_y * dispatch->workgroup_count_x + workgroup->workgroup_id_x;
  const auto* input =
      static_cast<const std::int8_t*>(dispatch->binding_pointers[0]) + row * columns;
  const auto* weights =
      static_cast<const std::int8_t*>(dispatch->binding_pointers[1]) + row * columns;
  auto* accumulator = static_cast<volatile std::int32_t*>(workgroup->local_memory);
  *accumulator = static_cast<std::int32_t>(dispatch->constants[1]);
  for (std::uint32_t i = 0; i < columns; ++i) *accumulator = *accumulator + input[i] * weights[i];
  static_cast<std::int32_t*>(dispatch->binding_pointers[2])[row] += *accumulator;
  return 0;
}

/// output = input * factor, in 8 bits; the descriptor is {factor, columns}.
void sample_scale(const void* descriptor, std::byte* const* buffers, std::uint32_t first_row,
                  std::uint32_t rows) {
  const auto* numbers = static_cast<const std::int32_t*>(descriptor);
  const auto* input = reinterpret_cast<const std::int8_t*>(buffers[0]);
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]);
  const std::uint32_t columns = static_cast<std::uint32_t>(numbers[1]);
  for (std::uint32_t i = first_row * columns; i < (first_row + rows) * columns; ++i) {
    output[i] = static_cast<std::int8_t>(input[i] * numbers[0]);
  }
}

}  // extern "C"
