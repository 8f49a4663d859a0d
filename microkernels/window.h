// A window that moves over the rows and columns of an NHWC tensor of batch 1, as convolutions and
// pools have it.
#pragma once

#include <cstdint>

namespace thimble::microkernels {

struct Window {
  std::uint16_t input_height;
  std::uint16_t input_width;
  std::uint16_t input_channels;
  std::uint16_t output_height;
  std::uint16_t output_width;
  std::uint16_t output_channels;
  std::uint16_t kernel_height;
  std::uint16_t kernel_width;
  std::uint16_t stride_y;
  std::uint16_t stride_x;
  std::uint16_t dilation_y;
  std::uint16_t dilation_x;
  std::int16_t pad_top;
  std::int16_t pad_left;
  std::int8_t input_zero_point;  ///< what padding reads as
};

}  // namespace thimble::microkernels
