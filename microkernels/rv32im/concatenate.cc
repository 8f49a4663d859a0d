// Several tensors side by side.
#include "microkernels/movement.h"
#include "microkernels/rv32im/pieces.h"

namespace thimble::microkernels {

extern "C" [[clang::minsize]] void thimble_concatenate(const void* descriptor,
                                                       std::byte* const* buffers,
                                                       std::uint32_t first_row,
                                                       std::uint32_t rows) {
  const Concatenate& layer = *static_cast<const Concatenate*>(descriptor);
  const auto* sizes = static_cast<const std::uint32_t*>(layer.sizes);
  std::uint32_t all = 0;
  for (std::uint32_t i = 0; i < layer.inputs; ++i) all += sizes[i];
  const std::uint32_t first = first_row * layer.columns;
  const std::uint32_t count = rows * layer.columns;
  std::byte* column = buffers[layer.inputs] + first * all;
  for (std::uint32_t i = 0; i < layer.inputs; ++i) {  // one input at a time
    const std::uint32_t size = sizes[i];
    copy_pieces({size, count, static_cast<std::int32_t>(size), static_cast<std::int32_t>(all)},
                buffers[i] + first * size, column);
    column += size;
  }
}

}  // namespace thimble::microkernels
