// Depthwise convolution with windows of 3x3 pixels, one or two apart, and a border of at most one
// pixel: counts for the inner loops (depthwise_3x3.h) what lies inside and what not.
#include "microkernels/depthwise_3x3.h"
#include "microkernels/depthwise_conv2d.h"

namespace thimble::microkernels {
namespace {

Depthwise3x3 rows_of(const DepthwiseConv2d& layer, std::byte* const* buffers, int first_row,
                     int count) {
  const Window& window = layer.window;
  const Requantization& requantization = layer.requantization;
  const int last_row = first_row + count - 1;
  const int top = first_row * window.stride_y - window.pad_top;
  const bool below = last_row * window.stride_y - window.pad_top + 3 > window.input_height;
  const bool one_row = count == 1 && top < 0 && below;
  const bool right =
      (window.output_width - 1) * window.stride_x - window.pad_left + 3 > window.input_width;

  Depthwise3x3 rows{};
  rows.channels = window.output_channels;
  rows.input_pitch = window.input_width * rows.channels;
  rows.output_pitch = window.output_width * rows.channels;
  rows.input = reinterpret_cast<const std::int8_t*>(buffers[0]) + top * rows.input_pitch;
  rows.output = reinterpret_cast<std::int8_t*>(buffers[1]) + first_row * rows.output_pitch;
  rows.weights = static_cast<const std::int8_t*>(layer.weights);
  rows.biases = static_cast<const std::int32_t*>(requantization.biases);
  rows.scales = static_cast<const std::uint32_t*>(requantization.scales);
  rows.scale_step = requantization.per_channel ? 4 : 0;
  rows.above = one_row ? 3 : (top < 0 ? 1 : 0);
  rows.below = below && !one_row ? 1 : 0;
  rows.inside = count - (top < 0 ? 1 : 0) - rows.below;
  rows.left = window.pad_left;
  rows.right = right ? 1 : 0;
  rows.columns = window.output_width - rows.right;
  rows.input_zero_point = window.input_zero_point;
  rows.rounding = 2 * requantization.zero_point + 1;
  rows.double_round = requantization.double_round ? 1 : 0;
  rows.lowest = requantization.lowest;
  rows.limit = requantization.highest + 1;
  rows.symmetric = requantization.form == RequantizationForm::kSymmetric ? 1 : 0;
  return rows;
}

}  // namespace

extern "C" void thimble_depthwise_conv2d_3x3_stride1(const void* descriptor,
                                                     std::byte* const* buffers,
                                                     std::uint32_t first_row, std::uint32_t rows) {
  if (rows == 0) return;
  const Depthwise3x3 work = rows_of(*static_cast<const DepthwiseConv2d*>(descriptor), buffers,
                                    static_cast<int>(first_row), static_cast<int>(rows));
  thimble_depthwise_3x3_stride1(&work);
}

extern "C" void thimble_depthwise_conv2d_3x3_stride2(const void* descriptor,
                                                     std::byte* const* buffers,
                                                     std::uint32_t first_row, std::uint32_t rows) {
  if (rows == 0) return;
  const Depthwise3x3 work = rows_of(*static_cast<const DepthwiseConv2d*>(descriptor), buffers,
                                    static_cast<int>(first_row), static_cast<int>(rows));
  thimble_depthwise_3x3_stride2(&work);
}

}  // namespace thimble::microkernels
