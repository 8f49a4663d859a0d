// 3x3 depthwise convolutions, plainly. Weak: an instruction set's own loops take their place.
#include "microkernels/depthwise_3x3.h"

#include "microkernels/requantize.h"

namespace thimble::microkernels {
namespace {

struct Bounds {
  int first_row;  // of the window's three: those before it lie above the input
  int end_row;
  int first_column;
  int end_column;
};

std::int32_t sum(const Depthwise3x3& rows, int channel, const std::int8_t* window,
                 const Bounds& bounds) {
  const std::int8_t* weights = rows.weights + 9 * channel;
  std::int32_t total = rows.biases[channel];
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 3; ++x) {
      const bool inside = y >= bounds.first_row && y < bounds.end_row && x >= bounds.first_column &&
                          x < bounds.end_column;
      const int value =
          inside ? window[y * rows.input_pitch + x * rows.step] : rows.input_zero_point;
      total += value * weights[3 * y + x];
    }
  }
  return total;
}

std::int8_t requantize(const Depthwise3x3& rows, int channel, std::int32_t value) {
  const std::uint32_t multiplier = rows.scales[channel * rows.scale_step / 4];
  const std::int32_t offset =
      rounding_offset(multiplier, (rows.rounding - 1) / 2, rows.double_round != 0);
  std::int32_t result = scaled(value, multiplier, offset, rows.symmetric != 0);
  result = result < rows.lowest ? rows.lowest : result;
  result = result >= rows.limit ? rows.limit - 1 : result;
  return static_cast<std::int8_t>(result);
}

void compute(const Depthwise3x3& rows) {
  const int stride = rows.stride;
  const int edge = rows.above != 0 ? 1 : 0;
  const int count = edge + rows.inside + rows.below;
  const int width = rows.columns + rows.right;
  for (int y = 0; y < count; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool below = y < edge ? rows.above == 3 : y >= edge + rows.inside;
      const Bounds bounds{y < edge ? 1 : 0, below ? 2 : 3, x == 0 && rows.left != 0 ? 1 : 0,
                          x == rows.columns ? 2 : 3};
      const std::int8_t* window =
          rows.input + y * stride * rows.input_pitch + (x * stride - rows.left) * rows.step;
      std::int8_t* output = rows.output + y * rows.output_pitch + x * rows.step;
      for (int c = 0; c < rows.channels; ++c)
        output[c] = requantize(rows, c, sum(rows, c, window + c, bounds));
    }
  }
}

}  // namespace

extern "C" [[gnu::weak]] void thimble_depthwise_3x3_stride1(const Depthwise3x3* rows) {
  compute(*rows);
}

extern "C" [[gnu::weak]] void thimble_depthwise_3x3_stride2(const Depthwise3x3* rows) {
  compute(*rows);
}

extern "C" [[gnu::weak]] void thimble_depthwise_3x3_small(const Depthwise3x3* rows) {
  compute(*rows);
}

}  // namespace thimble::microkernels
