// Bytes in another order.
#include <cstring>

#include "microkernels/movement.h"

namespace thimble::microkernels {
namespace {

constexpr std::uint32_t kLongRun = 16;  // from here on memcpy is faster

// The innermost dimension.
std::byte* copy_run(std::byte* output, const std::byte* input, const Copy::Dimension& run) {
  std::byte* const end = output + run.extent;
  if (run.step == 1 && run.extent >= kLongRun) {
    std::memcpy(output, input, run.extent);
  } else {
    for (; output != end; input += run.step) *output++ = *input;
  }
  return end;
}

}  // namespace

extern "C" [[clang::minsize]] void thimble_copy(const void* descriptor, std::byte* const* buffers,
                                                std::uint32_t first_row, std::uint32_t rows) {
  const Copy& layer = *static_cast<const Copy*>(descriptor);
  const Copy::Dimension* const dimensions = layer.dimensions;
  std::uint32_t place = first_row * layer.row_bytes;
  std::byte* output = buffers[1] + place;
  std::byte* const end = output + rows * layer.row_bytes;
  std::uint32_t places[kCopyDimensions];
  const std::byte* input = buffers[0] + layer.first;
  for (int d = kCopyDimensions - 1; d >= 0; --d) {
    places[d] = place % dimensions[d].extent;
    place /= dimensions[d].extent;
    input += static_cast<std::int32_t>(places[d]) * dimensions[d].step;
  }
  while (output != end) {
    output = copy_run(output, input, dimensions[kCopyDimensions - 1]);
    for (int d = kCopyDimensions - 2; d >= 0; --d) {
      input += dimensions[d].step;
      if (++places[d] < dimensions[d].extent) break;
      input -= static_cast<std::int32_t>(places[d]) * dimensions[d].step;
      places[d] = 0;
    }
  }
}

}  // namespace thimble::microkernels
