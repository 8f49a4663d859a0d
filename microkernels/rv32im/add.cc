// Sums and differences of two tensors: two multiplications an element.
#include "microkernels/rv32im/broadcast.h"

namespace thimble::microkernels {

namespace {

template <bool kFast>
void add(const void* descriptor, std::byte* const* buffers, std::uint32_t first_row,
         std::uint32_t rows) {
  const Add layer = *static_cast<const Add*>(descriptor);
  apply<kFast>(layer.broadcast, buffers, first_row, rows,
               [&](std::int32_t first, std::int32_t second) {
                 const std::int32_t sum = first * layer.first_factor + second * layer.second_factor;
                 return clamped((sum + layer.offset) >> layer.shift, layer.lowest, layer.highest);
               });
}

}  // namespace

extern "C" void thimble_add(const void* descriptor, std::byte* const* buffers,
                            std::uint32_t first_row, std::uint32_t rows) {
  add<true>(descriptor, buffers, first_row, rows);
}

extern "C" void thimble_add_small(const void* descriptor, std::byte* const* buffers,
                                  std::uint32_t first_row, std::uint32_t rows) {
  add<false>(descriptor, buffers, first_row, rows);
}

}  // namespace thimble::microkernels
