// What the inner loops for 3x3 depthwise convolutions are given: some rows of all channels, in the
// numbers that the loops count with. Internal to microkernels.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thimble::microkernels {

/// Assembly reads it by offset (rv32im/depthwise_3x3.inc).
struct Depthwise3x3 {
  const std::int8_t* input;  ///< column 0 of the row that the first window begins in
  std::int8_t* output;
  const std::int8_t* weights;  ///< [channel][3][3]
  const std::int32_t* biases;
  const std::uint32_t* scales;
  std::int32_t scale_step;  ///< bytes from one channel's scale to the next's
  std::int32_t channels;
  std::int32_t input_pitch;  ///< bytes of a row
  std::int32_t output_pitch;
  std::int32_t above;    ///< 1: the first row's windows begin above the input; 3: and end below it
  std::int32_t inside;   ///< rows besides
  std::int32_t below;    ///< 1: one more row, whose windows end below the input
  std::int32_t left;     ///< 1: the first column's windows begin left of the input
  std::int32_t right;    ///< 1: the last column's windows end right of the input
  std::int32_t columns;  ///< of output, without that last one
  std::int32_t input_zero_point;
  std::int32_t rounding;  ///< 2 * output zero point + 1
  std::int32_t double_round;
  std::int32_t lowest;  ///< at most the output's zero point
  std::int32_t limit;   ///< highest + 1, more than the output's zero point
  std::int32_t symmetric;
  std::int32_t step;  ///< bytes from one column to the next
  std::int32_t stride;
};

/// Windows one or two pixels apart, as the names say; the small one has both. Beyond the input lies
/// one pixel at most, on each side.
extern "C" void thimble_depthwise_3x3_stride1(const Depthwise3x3* rows);
extern "C" void thimble_depthwise_3x3_stride2(const Depthwise3x3* rows);
extern "C" void thimble_depthwise_3x3_small(const Depthwise3x3* rows);
/// For unsigned input whose zero point is zero, and rectified outputs.
extern "C" void thimble_depthwise_3x3_stride1_rectified(const Depthwise3x3* rows);
extern "C" void thimble_depthwise_3x3_stride2_rectified(const Depthwise3x3* rows);

}  // namespace thimble::microkernels
