// Depthwise convolution of any shape: row by row of each channel. Rows of input are copied to lines
// whose border holds the zero point; then the taps of a kernel row, up to five in registers, are
// added to the sums of a whole row of output.
#include "microkernels/depthwise_conv2d.h"

#include <cstring>

namespace thimble::microkernels {
namespace {

// Adds kTaps neighbouring taps to `count` sums whose windows lie `stride` apart.
template <int kTaps>
void add_taps(const std::int8_t* line, int stride, const std::int8_t* weights, std::int32_t* sums,
              int count) {
  std::int32_t w[kTaps];
  for (int tap = 0; tap < kTaps; ++tap) w[tap] = weights[tap];
  const std::int32_t* const end = sums + count;
  for (; sums != end; ++sums, line += stride) {
    std::int32_t sum = *sums;
#pragma clang loop unroll(full)
    for (int tap = 0; tap < kTaps; ++tap) sum += line[tap] * w[tap];
    *sums = sum;
  }
}

void add_kernel_row(const Window& window, const std::int8_t* line, const std::int8_t* weights,
                    std::int32_t* sums) {
  const int stride = window.stride_x;
  const int count = window.output_width;
  for (int left = window.kernel_width; left > 0;) {
    int taps = 1;
    if (window.dilation_x == 1 && left >= 5) {
      taps = 5;
      add_taps<5>(line, stride, weights, sums, count);
    } else if (window.dilation_x == 1 && left >= 3) {
      taps = 3;
      add_taps<3>(line, stride, weights, sums, count);
    } else {
      add_taps<1>(line, stride, weights, sums, count);
    }
    line += taps * window.dilation_x;
    weights += taps;
    left -= taps;
  }
}

// One channel of the input: the rows that the windows of a row cover, in lines.
class Lines {
 public:
  Lines(const Window& window, const std::int8_t* channel, std::int8_t* lines)
      : window_(window), channel_(channel), lines_(lines) {}

  // Row `y` of the input, which lies inside, from where the first window begins.
  const std::int8_t* row(int y) {
    const int bytes = depthwise_line_bytes(window_);
    std::int8_t* line = lines_ + y % depthwise_lines(window_) * bytes;
    if (y < copied_ && window_.dilation_y == 1) return line;
    copied_ = y + 1;
    const int inside = bytes - window_.pad_left;
    const int count = window_.input_width < inside ? window_.input_width : inside;
    const int step = window_.input_channels;
    const std::int8_t* from = channel_ + y * window_.input_width * step;
    std::int8_t* to = line + window_.pad_left;
    for (int x = 0; x < count; ++x, from += step) *to++ = *from;
    return line;
  }

 private:
  const Window& window_;
  const std::int8_t* channel_;
  std::int8_t* lines_;
  int copied_ = 0;  // the first row that is not there yet
};

// One channel of a row of the output, before requantization.
void sum_row(const Window& window, Lines& lines, const std::int8_t* weights, int row,
             std::int32_t* sums) {
  std::memset(sums, 0, window.output_width * sizeof *sums);
  int y = row * window.stride_y - window.pad_top;
  std::int32_t outside = 0;
  for (int ky = 0; ky < window.kernel_height; ++ky, y += window.dilation_y) {
    if (y >= 0 && y < window.input_height) {
      add_kernel_row(window, lines.row(y), weights, sums);
      weights += window.kernel_width;
    } else {
      for (int kx = 0; kx < window.kernel_width; ++kx) outside += *weights++;
    }
  }
  if (outside == 0) return;
  outside *= window.input_zero_point;
  for (int x = 0; x < window.output_width; ++x) sums[x] += outside;
}

}  // namespace

extern "C" void thimble_depthwise_conv2d(const void* descriptor, std::byte* const* buffers,
                                         std::uint32_t first_row, std::uint32_t rows) {
  // A copy of its own: outputs are bytes, which might be anything of the descriptor's.
  const DepthwiseConv2d layer = *static_cast<const DepthwiseConv2d*>(descriptor);
  const Window& window = layer.window;
  const int width = window.output_width;
  const int step = window.output_channels;
  const auto* input = reinterpret_cast<const std::int8_t*>(buffers[0]);
  const auto* weights = static_cast<const std::int8_t*>(layer.weights);
  auto* sums = reinterpret_cast<std::int32_t*>(buffers[2]);
  auto* lines = reinterpret_cast<std::int8_t*>(sums + width);
  std::memset(lines, window.input_zero_point,
              static_cast<std::size_t>(depthwise_lines(window) * depthwise_line_bytes(window)));
  for (int channel = 0; channel < step; ++channel) {
    const Requantizer requantize(layer.requantization, channel);
    Lines channel_lines(window, input + channel / layer.multiplier, lines);
    auto* output = reinterpret_cast<std::int8_t*>(buffers[1]) + channel +
                   static_cast<int>(first_row) * width * step;
    for (std::uint32_t row = first_row; row < first_row + rows; ++row) {
      sum_row(window, channel_lines, weights, static_cast<int>(row), sums);
      for (int x = 0; x < width; ++x, output += step) *output = requantize(sums[x]);
    }
    weights += window.kernel_height * window.kernel_width;
  }
}

}  // namespace thimble::microkernels
