// 3x3 depthwise convolutions, plainly. Weak: an instruction set's own loops take their place.
#include "microkernels/depthwise_3x3.h"

#include "microkernels/requantize.h"

namespace thimble::microkernels {
namespace {

constexpr int kSide = 3;

std::int8_t requantize(const Depthwise3x3& rows, int channel, std::int32_t value) {
  const std::uint32_t multiplier = rows.scales[channel * rows.scale_step / 4];
  const std::int32_t offset =
      rounding_offset(multiplier, (rows.rounding - 1) / 2, rows.double_round != 0);
  std::int32_t result = scaled(value, multiplier, offset, rows.symmetric != 0);
  result = result < rows.lowest ? rows.lowest : result;
  result = result >= rows.limit ? rows.limit - 1 : result;
  return static_cast<std::int8_t>(result);
}

// A row of output pixels, for one channel.
struct Row {
  const std::int8_t* input;  // column 0 of the first of three rows
  std::int8_t* output;
  int first;  // of the three, those before it lie above the input
  int end;
};

// A column of pixels is read once for all windows that it is in, as the assembly does it: outputs
// may follow close behind (depthwise_conv2d_3x3_order()).
template <typename Pixel>
void compute_row(const Depthwise3x3& rows, int channel, const Row& row) {
  const int width = rows.columns + rows.right;
  std::int32_t pixels[kSide][kSide] = {};  // [column][row]
  for (int x = 0; x < width; ++x) {
    const int kept = x == 0 ? 0 : kSide - rows.stride;
    for (int k = 0; k < kSide; ++k) {
      const bool beyond =
          (x == 0 && k == 0 && rows.left != 0) || (x == rows.columns && k == kSide - 1);
      for (int y = 0; y < kSide; ++y) {
        if (k < kept) {
          pixels[k][y] = pixels[k + rows.stride][y];
        } else {
          const int place = y * rows.input_pitch + (x * rows.stride - rows.left + k) * rows.step;
          const bool inside = !beyond && y >= row.first && y < row.end;
          pixels[k][y] = inside ? static_cast<Pixel>(row.input[place]) : rows.input_zero_point;
        }
      }
    }
    std::int32_t sum = rows.biases[channel];
    for (int y = 0; y < kSide; ++y) {
      for (int k = 0; k < kSide; ++k)
        sum += pixels[k][y] * rows.weights[kSide * (kSide * channel + y) + k];
    }
    row.output[x * rows.step] = requantize(rows, channel, sum);
  }
}

template <typename Pixel = std::int8_t>
void compute(const Depthwise3x3& rows) {
  const int edge = rows.above != 0 ? 1 : 0;
  const int count = edge + rows.inside + rows.below;
  for (int channel = 0; channel < rows.channels; ++channel) {
    for (int y = 0; y < count; ++y) {
      const bool below = y < edge ? rows.above == 3 : y >= edge + rows.inside;
      compute_row<Pixel>(rows, channel,
                         {rows.input + y * rows.stride * rows.input_pitch + channel,
                          rows.output + y * rows.output_pitch + channel, y < edge ? 1 : 0,
                          below ? kSide - 1 : kSide});
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

extern "C" [[gnu::weak]] void thimble_depthwise_3x3_stride1_rectified(const Depthwise3x3* rows) {
  compute<std::uint8_t>(*rows);
}

extern "C" [[gnu::weak]] void thimble_depthwise_3x3_stride2_rectified(const Depthwise3x3* rows) {
  compute<std::uint8_t>(*rows);
}

extern "C" [[gnu::weak]] void thimble_depthwise_3x3_small(const Depthwise3x3* rows) {
  compute(*rows);
}

}  // namespace thimble::microkernels
