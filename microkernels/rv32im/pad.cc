// One value around a tensor, for what reads beyond its border and doesn't do so by itself.
#include <cstring>

#include "microkernels/movement.h"
#include "microkernels/rv32im/pieces.h"

namespace thimble::microkernels {
namespace {

std::uint32_t total(const Pad::Side& side) {
  return side.before + side.inside + side.after;
}

}  // namespace

extern "C" [[clang::minsize]] void thimble_pad(const void* descriptor, std::byte* const* buffers,
                                               std::uint32_t first_row, std::uint32_t rows) {
  const Pad& layer = *static_cast<const Pad*>(descriptor);
  const Pad::Side& bytes = layer.bytes;
  const std::uint32_t column_bytes = total(bytes);
  const std::uint32_t row_bytes = total(layer.columns) * column_bytes;
  std::byte* output = buffers[1] + first_row * row_bytes;
  for (std::uint32_t row = first_row; row < first_row + rows; ++row, output += row_bytes) {
    std::memset(output, layer.value, row_bytes);
    const std::uint32_t input_row = row - layer.rows.before;  // wraps around in the padding
    if (input_row >= layer.rows.inside) continue;
    const std::byte* input = buffers[0] + input_row * layer.columns.inside * bytes.inside;
    std::byte* column = output + layer.columns.before * column_bytes + bytes.before;
    copy_pieces({bytes.inside, layer.columns.inside, static_cast<std::int32_t>(bytes.inside),
                 static_cast<std::int32_t>(column_bytes)},
                input, column);
  }
}

}  // namespace thimble::microkernels
