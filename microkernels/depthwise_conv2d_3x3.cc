// Depthwise convolution with windows of 3x3 pixels, one or two apart, and a border of at most one
// pixel: counts for the inner loops (depthwise_3x3.h) what lies inside and what not.
#include "microkernels/depthwise_3x3.h"
#include "microkernels/depthwise_conv2d.h"

namespace thimble::microkernels {
namespace {

static_assert(sizeof(void*) != 4 || sizeof(Depthwise3x3) == 92, "rv32im/depthwise_3x3.inc");

// Some windows along one direction, and where they lie in the input.
struct Span {
  Span(int first, int windows, int stride, int padding, int inputs)
      : count(windows),
        begin(first * stride - padding),
        before(begin < 0 ? 1 : 0),
        after(begin + (windows - 1) * stride + 3 > inputs ? 1 : 0) {}

  int count;
  int begin;   // of the first window
  int before;  // whether that lies before the input
  int after;   // whether the last window ends behind the input
};

Depthwise3x3 rows_of(const DepthwiseConv2d& layer, std::byte* const* buffers,
                     std::uint32_t first_row, std::uint32_t count) {
  const Window& window = layer.window;
  const Requantization& requantization = layer.requantization;
  const Span rows(static_cast<int>(first_row), static_cast<int>(count), window.stride_y,
                  window.pad_top, window.input_height);
  const Span columns(0, window.output_width, window.stride_x, window.pad_left, window.input_width);
  const int channels = window.output_channels;
  const int input_row = window.input_width * channels;
  const int output_row = window.output_width * channels;
  const bool both = rows.count == 1 && rows.before != 0 && rows.after != 0;

  Depthwise3x3 work{};
  work.channels = channels;
  work.step = channels;
  work.stride = window.stride_x;
  work.input_pitch = input_row;
  work.output_pitch = output_row;
  work.input = reinterpret_cast<const std::int8_t*>(buffers[0]) + rows.begin * work.input_pitch +
               (columns.before != 0 ? 0 : columns.begin * work.step);
  work.output =
      reinterpret_cast<std::int8_t*>(buffers[1]) + static_cast<int>(first_row) * output_row;
  work.weights = static_cast<const std::int8_t*>(layer.weights);
  work.biases = static_cast<const std::int32_t*>(requantization.biases);
  work.scales = static_cast<const std::uint32_t*>(requantization.scales);
  work.scale_step = requantization.per_channel ? 4 : 0;
  work.above = both ? 3 : rows.before;
  work.below = both ? 0 : rows.after;
  work.inside = rows.count - rows.before - work.below;
  work.left = columns.before;
  work.right = columns.after;
  work.columns = columns.count - columns.after;
  work.input_zero_point = window.input_zero_point;
  work.rounding = 2 * requantization.zero_point + 1;
  work.double_round = requantization.double_round ? 1 : 0;
  work.lowest = requantization.lowest;
  work.limit = requantization.highest + 1;
  work.symmetric = requantization.form == RequantizationForm::kSymmetric ? 1 : 0;
  return work;
}

void compute(const void* descriptor, std::byte* const* buffers, std::uint32_t first_row,
             std::uint32_t rows, void (*loops)(const Depthwise3x3*)) {
  if (rows == 0) return;
  const Depthwise3x3 work =
      rows_of(*static_cast<const DepthwiseConv2d*>(descriptor), buffers, first_row, rows);
  loops(&work);
}

}  // namespace

extern "C" void thimble_depthwise_conv2d_3x3_stride1(const void* descriptor,
                                                     std::byte* const* buffers,
                                                     std::uint32_t first_row, std::uint32_t rows) {
  compute(descriptor, buffers, first_row, rows, thimble_depthwise_3x3_stride1);
}

extern "C" void thimble_depthwise_conv2d_3x3_stride2(const void* descriptor,
                                                     std::byte* const* buffers,
                                                     std::uint32_t first_row, std::uint32_t rows) {
  compute(descriptor, buffers, first_row, rows, thimble_depthwise_3x3_stride2);
}

extern "C" void thimble_depthwise_conv2d_3x3_stride1_rectified(const void* descriptor,
                                                               std::byte* const* buffers,
                                                               std::uint32_t first_row,
                                                               std::uint32_t rows) {
  compute(descriptor, buffers, first_row, rows, thimble_depthwise_3x3_stride1_rectified);
}

extern "C" void thimble_depthwise_conv2d_3x3_stride2_rectified(const void* descriptor,
                                                               std::byte* const* buffers,
                                                               std::uint32_t first_row,
                                                               std::uint32_t rows) {
  compute(descriptor, buffers, first_row, rows, thimble_depthwise_3x3_stride2_rectified);
}

extern "C" void thimble_depthwise_conv2d_3x3_small(const void* descriptor,
                                                   std::byte* const* buffers,
                                                   std::uint32_t first_row, std::uint32_t rows) {
  compute(descriptor, buffers, first_row, rows, thimble_depthwise_3x3_small);
}

}  // namespace thimble::microkernels
