// A layer that a microkernel computes: everything its descriptor needs, as the compiler found it in
// the program.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace thimble::offload {

enum class LayerKind { kConv2d, kDepthwiseConv2d, kMaxPool2d };

struct Channel {
  std::int32_t bias = 0;  ///< with the input's zero point folded in
  std::int32_t multiplier = 0;
  std::int32_t shift = 0;
  NLOHMANN_DEFINE_TYPE_INTRUSIVE(Channel, bias, multiplier, shift)
};

/// Fields as in microkernels/conv2d.h.
struct Layer {
  LayerKind kind = LayerKind::kConv2d;
  std::string
      function;  ///< what stands for the layer in the compiled program: "<model>_layer_<number>"
  int input_height = 0;
  int input_width = 0;
  int input_channels = 0;
  int output_height = 0;
  int output_width = 0;
  int output_channels = 0;
  int kernel_height = 0;
  int kernel_width = 0;
  int stride_y = 1;
  int stride_x = 1;
  int dilation_y = 1;
  int dilation_x = 1;
  int pad_top = 0;
  int pad_left = 0;
  int input_zero_point = 0;
  int output_zero_point = 0;
  int lowest = -128;
  int highest = 127;
  bool double_round = false;
  int multiplier = 1;                ///< depthwise: output channels an input channel
  std::vector<std::int8_t> weights;  ///< laid out for the microkernel
  std::vector<Channel> channels;     ///< one an output channel
  NLOHMANN_DEFINE_TYPE_INTRUSIVE(Layer, kind, function, input_height, input_width, input_channels,
                                 output_height, output_width, output_channels, kernel_height,
                                 kernel_width, stride_y, stride_x, dilation_y, dilation_x, pad_top,
                                 pad_left, input_zero_point, output_zero_point, lowest, highest,
                                 double_round, multiplier, weights, channels)

  /// Bytes of working memory that the microkernel needs besides input and output.
  [[nodiscard]] std::uint64_t scratch_bytes() const;
};

}  // namespace thimble::offload
