// Several tensors side by side.
#include <cstring>

#include "microkernels/movement.h"

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
    const std::byte* input = buffers[i] + first * size;
    std::byte* output = column;
    for (std::uint32_t k = 0; k < count; ++k, input += size, output += all)
      std::memcpy(output, input, size);
    column += size;
  }
}

}  // namespace thimble::microkernels
