// See encode_depthwise.h.
#include "compiler/offload/encode_depthwise.h"

#include <fmt/format.h>

#include <string_view>

#include "compiler/offload/bytes.h"
#include "compiler/offload/window.h"

namespace thimble::offload {
namespace {

std::vector<Order> orders_of(const DepthwiseEncoding& encoding, const Convolution& layer) {
  if (layer.multiplier != 1) return {};
  const std::string_view symbol = encoding.symbol;
  const auto tell = [&](auto& order) {
    if (symbol == "thimble_depthwise_conv2d") {
      microkernels::depthwise_conv2d_order(layer.window, order);
    } else if (symbol == "thimble_depthwise_conv2d_3x3_small") {
      microkernels::depthwise_conv2d_3x3_small_order(layer.window, order);
    } else {
      microkernels::depthwise_conv2d_3x3_order(layer.window, order);
    }
  };
  return {recorded(tell, layer.window.output_channels)};
}

// Measured on the MLPerf Tiny networks; estimates are good enough to choose by.
CallCost cost_of(std::string_view symbol, const microkernels::Window& window) {
  const double pixels = double{1} * window.output_width * window.output_channels;
  const double taps = window.kernel_height * window.kernel_width;
  CallCost cost;
  if (symbol == "thimble_depthwise_conv2d_3x3_stride1") {
    cost = {150 + 100.0 * window.output_channels, pixels * 29, 1, {0, pixels * 3}};
  } else if (symbol == "thimble_depthwise_conv2d_3x3_stride2") {
    cost = {150 + 90.0 * window.output_channels, pixels * 33, 1, {0}};
  } else {
    cost = {150 + 60.0 * window.output_channels, pixels * taps * 7, 1, {0}};
  }
  return cost;
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
          static_cast<std::uint16_t>(layer.multiplier)};
}

DepthwiseEncoding encode_depthwise(const Convolution& layer, Goal goal) {
  DepthwiseEncoding encoding;
  encoding.requantization = plan_requantization(layer.channel_scales(), layer.rescale.output);
  if (microkernels::is_depthwise_3x3(encoding.descriptor(layer))) {
    encoding.symbol = goal == Goal::kSize          ? "thimble_depthwise_conv2d_3x3_small"
                      : layer.window.stride_x == 1 ? "thimble_depthwise_conv2d_3x3_stride1"
                                                   : "thimble_depthwise_conv2d_3x3_stride2";
    encoding.weights = layer.weights;
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
      fmt::format("DepthwiseConv2d{{{}, {}, $0, {}}}", window_text(layer.window),
                  requantization_text(encoding.requantization, layer.rescale.output, "$1", "$2"),
                  layer.multiplier);
  result.constants = {bytes_of(encoding.weights), bytes_of(encoding.requantization.biases),
                      encoding.requantization.scales};
  result.rows = layer.window.output_height;
  result.scratch_bytes = encoding.scratch_bytes;
  result.reads = {window_reads(layer.window)};
  result.cost = cost_of(encoding.symbol, layer.window);
  result.orders = orders_of(encoding, layer);
  result.forms = encoding.requantization.forms;
  return result;
}

}  // namespace thimble::offload
