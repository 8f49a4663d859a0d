// See encode_depthwise.h.
#include "compiler/offload/encode_depthwise.h"

#include <fmt/format.h>

#include "compiler/offload/bytes.h"
#include "compiler/offload/window.h"

namespace thimble::offload {
namespace {

// Channel by channel, each column by column.
std::vector<std::int8_t> transposed(const Convolution& layer) {
  std::vector<std::int8_t> weights;
  weights.reserve(layer.weights.size());
  const std::size_t height = layer.window.kernel_height;
  const std::size_t width = layer.window.kernel_width;
  for (std::size_t first = 0; first < layer.weights.size(); first += height * width) {
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t y = 0; y < height; ++y)
        weights.push_back(layer.weights[first + y * width + x]);
    }
  }
  return weights;
}

}  // namespace

microkernels::DepthwiseConv2d DepthwiseEncoding::descriptor(const Convolution& layer) const {
  const OutputRange& output = layer.rescale.output;
  return {layer.window,
          {requantization.biases.data(), requantization.scales.data(), requantization.form,
           requantization.per_channel, static_cast<std::int16_t>(output.zero_point),
           static_cast<std::int8_t>(output.lowest), static_cast<std::int8_t>(output.highest),
           output.double_round},
          weights.data(),
          static_cast<std::uint16_t>(layer.multiplier),
          along_columns};
}

DepthwiseEncoding encode_depthwise(const Convolution& layer, Goal goal) {
  DepthwiseEncoding encoding;
  encoding.requantization = plan_requantization(layer.channel_scales(), layer.rescale.output);
  if (microkernels::is_depthwise_3x3(encoding.descriptor(layer))) {
    encoding.symbol = goal == Goal::kSize          ? "thimble_depthwise_conv2d_3x3_small"
                      : layer.window.stride_x == 1 ? "thimble_depthwise_conv2d_3x3_stride1"
                                                   : "thimble_depthwise_conv2d_3x3_stride2";
    encoding.along_columns = microkernels::slides_along_columns(layer.window) &&
                             layer.window.input_height > layer.window.input_width;
    encoding.weights = encoding.along_columns ? transposed(layer) : layer.weights;
    return encoding;
  }
  encoding.symbol = "thimble_depthwise_conv2d";
  encoding.weights = layer.weights;
  encoding.scratch_bytes = microkernels::depthwise_scratch_bytes(layer.window);
  return encoding;
}

Layer depthwise_layer(const Convolution& layer, Goal goal) {
  const DepthwiseEncoding encoding = encode_depthwise(layer, goal);
  Layer result;
  result.symbol = encoding.symbol;
  result.header = "microkernels/depthwise_conv2d.h";
  result.descriptor =
      fmt::format("DepthwiseConv2d{{{}, {}, $0, {}, {}}}", window_text(layer.window),
                  requantization_text(encoding.requantization, layer.rescale.output, "$1", "$2"),
                  layer.multiplier, encoding.along_columns);
  result.constants = {bytes_of(encoding.weights), bytes_of(encoding.requantization.biases),
                      encoding.requantization.scales};
  result.rows = layer.window.output_height;
  result.scratch_bytes = encoding.scratch_bytes;
  result.forms = encoding.requantization.forms;
  return result;
}

}  // namespace thimble::offload
