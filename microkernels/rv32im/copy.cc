// Bytes in another order.
#include "microkernels/movement.h"
#include "microkernels/rv32im/pieces.h"

namespace thimble::microkernels {
namespace {

constexpr int kRun = kCopyDimensions - 1;   // the innermost dimension
constexpr int kRuns = kCopyDimensions - 2;  // runs that are copied together
constexpr int kOuter = kCopyDimensions - 3;

// Bytes that don't lie side by side in the input.
[[gnu::noinline]] void gather(Copy::Dimension run, const std::byte* input, std::byte* output) {
  const std::byte* const end = output + run.extent;
  const std::byte* const end_of_fours = end - run.extent % 4;
  for (; output != end_of_fours; output += 4) {
    for (int i = 0; i < 4; ++i, input += run.step) output[i] = *input;
  }
  for (; output != end; input += run.step) *output++ = *input;
}

}  // namespace

extern "C" [[clang::minsize]] void thimble_copy(const void* descriptor, std::byte* const* buffers,
                                                std::uint32_t first_row, std::uint32_t rows) {
  const Copy& layer = *static_cast<const Copy*>(descriptor);
  const Copy::Dimension* const dimensions = layer.dimensions;
  const Copy::Dimension& run = dimensions[kRun];
  const Copy::Dimension& runs = dimensions[kRuns];
  const std::uint32_t bytes = run.extent * runs.extent;
  std::byte* output = buffers[1] + first_row * layer.row_bytes;
  std::byte* const end = output + rows * layer.row_bytes;
  const std::byte* input = buffers[0] + layer.first;
  std::uint32_t places[kOuter + 1];
  std::uint32_t place = first_row * layer.row_bytes / bytes;
  for (int d = kOuter; d >= 0; --d) {
    places[d] = place % dimensions[d].extent;
    place /= dimensions[d].extent;
    input += static_cast<std::int32_t>(places[d]) * dimensions[d].step;
  }
  for (; output != end; output += bytes) {
    if (run.step == 1) {
      copy_pieces({run.extent, runs.extent, runs.step, static_cast<std::int32_t>(run.extent)},
                  input, output);
    } else {
      for (std::uint32_t i = 0; i < runs.extent; ++i) {
        gather(run, input + static_cast<std::int32_t>(i) * runs.step, output + i * run.extent);
      }
    }
    for (int d = kOuter; d >= 0; --d) {
      input += dimensions[d].step;
      if (++places[d] < dimensions[d].extent) break;
      input -= static_cast<std::int32_t>(places[d]) * dimensions[d].step;
      places[d] = 0;
    }
  }
}

}  // namespace thimble::microkernels
