// Products of two tensors.
#include "microkernels/rv32im/broadcast.h"

namespace thimble::microkernels {
namespace {

template <bool kFast, bool kSigned>
void multiply(const Multiply& layer, std::byte* const* buffers, std::uint32_t first_row,
              std::uint32_t rows) {
  apply<kFast>(layer.broadcast, buffers, first_row, rows,
               [layer](std::int32_t first, std::int32_t second) {
                 const std::int32_t product =
                     (first - layer.first_zero_point) * (second - layer.second_zero_point);
                 const std::int64_t scaled =
                     static_cast<std::int64_t>(product * (1 << kProductShift)) * layer.factor;
                 auto high = static_cast<std::int32_t>(scaled >> 32);
                 if constexpr (kSigned) high += (high >> 31) & layer.negative_offset;
                 return clamped((high + layer.offset) >> layer.shift, layer.lowest, layer.highest);
               });
}

}  // namespace

extern "C" void thimble_multiply(const void* descriptor, std::byte* const* buffers,
                                 std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Multiply*>(descriptor);
  if (layer.negative_offset != 0) {
    multiply<true, true>(layer, buffers, first_row, rows);
  } else {
    multiply<true, false>(layer, buffers, first_row, rows);
  }
}

extern "C" void thimble_multiply_small(const void* descriptor, std::byte* const* buffers,
                                       std::uint32_t first_row, std::uint32_t rows) {
  multiply<false, true>(*static_cast<const Multiply*>(descriptor), buffers, first_row, rows);
}

}  // namespace thimble::microkernels
