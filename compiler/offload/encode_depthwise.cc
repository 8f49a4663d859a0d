// See encode_depthwise.h.
#include "compiler/offload/encode_depthwise.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "compiler/offload/bytes.h"
#include "compiler/offload/runs.h"
#include "compiler/offload/window.h"

namespace thimble::offload {
namespace {

std::vector<Order> orders_of(const DepthwiseEncoding& encoding, const Convolution& layer) {
  if (layer.multiplier != 1) return {};
  const std::string_view symbol = encoding.symbol;
  const auto tell = [&](auto& order) {
    if (symbol == "thimble_depthwise_conv2d_3x3_small") {
      microkernels::depthwise_conv2d_3x3_small_order(layer.window, order);
    } else if (symbol.starts_with("thimble_depthwise_conv2d_3x3")) {
      microkernels::depthwise_conv2d_3x3_order(layer.window, order);
    } else {
      microkernels::depthwise_conv2d_order(layer.window, order);
    }
  };
  const int channels = layer.window.output_channels;
  Order order = by_rows(recorded(tell, channels), layer.window.output_height,
                        window_reads(layer.window).step);
  if (symbol.starts_with("thimble_depthwise_conv2d_3x3_stride1") &&
      microkernels::keeps_rows_in_place(layer.window)) {
    order.exactly = microkernels::lead_of_rows_in_place(layer.window) * channels;
  }
  return {std::move(order)};
}

const char* packed_symbol(const microkernels::Window& window) {
  if (!microkernels::has_packed_width(window)) return "thimble_depthwise_conv2d_packed";
  return window.kernel_width == 3   ? "thimble_depthwise_conv2d_packed_3"
         : window.kernel_width == 5 ? "thimble_depthwise_conv2d_packed_5"
                                    : "thimble_depthwise_conv2d_packed_7";
}

// The most neighbouring taps of the kernel's rows whose sums fit 16 bits.
std::int8_t row_run_length(ChannelWeights weights, const microkernels::Window& window) {
  const std::size_t width = window.kernel_width;
  int length = std::min<int>(window.kernel_width, INT8_MAX);
  const auto all_fit = [&](std::size_t taps) {
    for (std::size_t row = 0; row < weights.size(); row += width) {
      for (std::size_t first = 0; first < width; first += taps) {
        if (!fits_half(weights.subspan(row + first, std::min(taps, width - first)))) return false;
      }
    }
    return true;
  };
  while (!all_fit(static_cast<std::size_t>(length)))
    length = microkernels::shorter_run(window, length);
  return static_cast<std::int8_t>(length);
}

// Measured on the MLPerf Tiny networks; estimates are good enough to choose by.
CallCost cost_of(std::string_view symbol, const microkernels::Window& window) {
  const double channels = window.output_channels;
  const double pixels = channels * window.output_width;
  const double taps = window.kernel_height * window.kernel_width;
  if (symbol == "thimble_depthwise_conv2d_3x3_small")
    return {150 + 60 * channels, pixels * 53, 1, {0}};
  if (symbol == "thimble_depthwise_conv2d_3x3_stride1")
    return {150 + 85 * channels, pixels * 29, 1, {0, pixels * 3}};
  if (symbol == "thimble_depthwise_conv2d_3x3_stride1_rectified")
    return {150 + 85 * channels, pixels * 25, 1, {0, pixels * 4}};
  if (symbol.starts_with("thimble_depthwise_conv2d_3x3_stride2"))
    return {150 + 90 * channels, pixels * 33, 1, {0, pixels * 3}};
  if (symbol.starts_with("thimble_depthwise_conv2d_packed")) {
    // A call has all rows of its first windows to read.
    const double line = 60 + 8.0 * microkernels::depthwise_packed_words(window);
    return {150 + (100 + line * (window.kernel_height - 1)) * channels,
            170 * channels + pixels * (20 + 2.6 * taps),
            1,
            {0}};
  }
  return {150 + 60 * channels, pixels * taps * 7, 1, {0}};
}

}  // namespace

microkernels::DepthwiseConv2d DepthwiseEncoding::descriptor(const Convolution& layer) const {
  return {layer.window, requantization_of(requantization, layer.rescale.output, biases.data()),
          weights.data(), static_cast<std::uint16_t>(layer.multiplier)};
}

DepthwiseEncoding encode_depthwise(const Convolution& layer, Goal goal) {
  DepthwiseEncoding encoding;
  encoding.requantization = plan_requantization(layer.channel_scales(), layer.rescale.output);
  encoding.biases = bias_constant(encoding.requantization);
  if (microkernels::is_depthwise_3x3(encoding.descriptor(layer))) {
    const bool stride1 = layer.window.stride_x == 1;
    if (layer.unsigned_input) {
      encoding.symbol = stride1 ? "thimble_depthwise_conv2d_3x3_stride1_rectified"
                                : "thimble_depthwise_conv2d_3x3_stride2_rectified";
    } else {
      encoding.symbol = goal == Goal::kSize ? "thimble_depthwise_conv2d_3x3_small"
                        : stride1           ? "thimble_depthwise_conv2d_3x3_stride1"
                                            : "thimble_depthwise_conv2d_3x3_stride2";
    }
    encoding.weights = layer.weights;
    return encoding;
  }
  // Packed pixels pay where windows share them.
  if (goal == Goal::kSize || layer.window.stride_x >= layer.window.kernel_width) {
    encoding.symbol = "thimble_depthwise_conv2d";
    if (goal == Goal::kSize) shorten_biases(encoding.requantization);
    encoding.biases = bias_constant(encoding.requantization);
    encoding.weights = layer.weights;
    encoding.scratch_bytes = microkernels::depthwise_scratch_bytes(layer.window);
    return encoding;
  }
  encoding.symbol = packed_symbol(layer.window);
  encoding.scratch_bytes = microkernels::depthwise_packed_scratch_bytes(layer.window);
  for (std::size_t c = 0; c < layer.window.output_channels; ++c) {
    const ChannelWeights weights =
        ChannelWeights(layer.weights).subspan(c * layer.taps(), layer.taps());
    encoding.weights.push_back(row_run_length(weights, layer.window));
    encoding.weights.insert(encoding.weights.end(), weights.begin(), weights.end());
  }
  return encoding;
}

bool can_take_unsigned(const Convolution& layer, Goal goal) {
  if (!layer.depthwise || goal != Goal::kSpeed) return false;
  const DepthwiseEncoding encoding = encode_depthwise(layer, goal);
  const microkernels::DepthwiseConv2d descriptor = encoding.descriptor(layer);
  return microkernels::is_depthwise_3x3(descriptor) && microkernels::is_rectified(descriptor);
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
  result.constants = {bytes_of(encoding.weights), encoding.biases, encoding.requantization.scales};
  result.rows = layer.window.output_height;
  result.scratch_bytes = encoding.scratch_bytes;
  result.reads = {window_reads(layer.window)};
  result.cost = cost_of(encoding.symbol, layer.window);
  result.orders = orders_of(encoding, layer);
  result.forms = encoding.requantization.forms;
  return result;
}

}  // namespace thimble::offload
