// See encode_conv2d.h.
#include "compiler/offload/encode_conv2d.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "compiler/offload/bytes.h"
#include "compiler/offload/runs.h"
#include "compiler/offload/segments.h"
#include "compiler/offload/threshold_scales.h"
#include "compiler/offload/window.h"

namespace thimble::offload {
namespace {

void append(std::vector<std::uint8_t>& to, const std::vector<std::uint8_t>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

ChannelWeights weights_of(const Convolution& layer, std::size_t channel) {
  return ChannelWeights(layer.weights).subspan(channel * layer.taps(), layer.taps());
}

// The channels that thimble_packed_line computes together when so many are left.
std::size_t group_size(std::size_t left) {
  for (const std::size_t size : {microkernels::kLineGroup, microkernels::kChannelGroup})
    if (left >= size) return size;
  return std::min<std::size_t>(2, left);
}

void encode_line(const Convolution& layer, EncodedConv2d& encoded) {
  const std::size_t outputs = layer.window.output_channels;
  for (std::size_t first = 0; first < outputs;) {
    const std::size_t count = group_size(outputs - first);
    std::vector<ChannelWeights> channels;
    channels.reserve(count);
    for (std::size_t c = first; c < first + count; ++c) channels.push_back(weights_of(layer, c));
    append(encoded.runs, run_lengths(channels));
    append(encoded.weights, bytes_of(packed(channels)));
    first += count;
  }
  std::vector<std::int32_t>& biases = encoded.requantization.biases;
  biases.resize((outputs + 1) / 2 * 2);
  for (std::size_t c = 0; c < outputs; c += 2) {
    // As a sum of packed words begins.
    biases[c] = static_cast<std::int32_t>(static_cast<std::uint32_t>(biases[c]) +
                                          (static_cast<std::uint32_t>(biases[c + 1]) << 16U));
  }
}

// Where one segment has all taps and its sums need no bias.
bool encode_whole(const Convolution& layer, const std::vector<ChannelScale>& scales,
                  EncodedConv2d& encoded) {
  const int segment = segment_taps(layer);
  if (segment < static_cast<int>(layer.taps())) return false;
  auto plan = plan_thresholds(scales, layer.rescale.output);
  if (!plan) return false;
  encoded.requantization = *std::move(plan);
  encoded.segment_taps = segment;
  encoded.weights = segment_weights(layer, segment);
  return true;
}

void encode_packed(const Convolution& layer, EncodedConv2d& encoded) {
  encoded.segment_taps = segment_taps(layer);
  encoded.weights = segment_weights(layer, encoded.segment_taps);
  const auto segments =
      (static_cast<int>(layer.taps()) + encoded.segment_taps - 1) / encoded.segment_taps;
  for (std::int32_t& bias : encoded.requantization.biases)
    bias = static_cast<std::int32_t>(
        static_cast<std::uint32_t>(bias) -
        static_cast<std::uint32_t>(segments << (microkernels::kFieldBits - 1)));
}

// Groups of four channels, then single ones.
void encode_unpacked(const Convolution& layer, EncodedConv2d& encoded) {
  constexpr std::size_t kGroup = microkernels::kChannelGroup;
  const std::size_t outputs = layer.window.output_channels;
  const std::size_t grouped = outputs / kGroup * kGroup;
  for (std::size_t first = 0; first < grouped; first += kGroup) {
    std::vector<ChannelWeights> channels;
    for (std::size_t c = first; c < first + kGroup; ++c) channels.push_back(weights_of(layer, c));
    encoded.runs.push_back(even_run_length(channels));
    append(encoded.weights, bytes_of(unpacked(channels)));
  }
  for (std::size_t c = grouped; c < outputs; ++c) {
    const ChannelWeights weights = weights_of(layer, c);
    encoded.weights.insert(encoded.weights.end(), weights.begin(), weights.end());
  }
  shorten_biases(encoded.requantization);
}

void encode_exceptions(const Convolution& layer, const std::vector<ChannelScale>& scales,
                       Conv2dEncoding& encoding) {
  std::vector<ChannelScale> chosen;
  for (const int channel : encoding.most.requantization.exceptions) {
    const auto c = static_cast<std::size_t>(channel);
    chosen.push_back(scales[c]);
    append(encoding.exceptions.weights,
           bytes_of(std::vector(weights_of(layer, c).begin(), weights_of(layer, c).end())));
    encoding.channels.push_back(static_cast<std::uint16_t>(channel));
  }
  encoding.exceptions.requantization = reference_requantization(chosen);
}

// Exceptions, and the plain definition, read everything again for each channel.
std::vector<Order> orders_of(std::string_view symbol, const microkernels::Window& window) {
  if (symbol.ends_with("_with_exceptions") || symbol == "thimble_conv2d_reference") return {};
  using microkernels::Tiles;
  const auto order = [&](Tiles tiles) {
    return recorded([&](auto& recorder) {
      if (symbol == "thimble_conv2d_line") {
        microkernels::conv2d_line_order(window, tiles, recorder);
      } else if (symbol == "thimble_conv2d_unpacked") {
        microkernels::conv2d_unpacked_order(window, tiles, recorder);
      } else {
        microkernels::conv2d_packed_order(window, tiles, recorder);
      }
    });
  };
  Order result = order(Tiles::kFromFirst);
  result.rows =
      by_rows(order(Tiles::kFromAny), window.output_height, window_reads(window).step).rows;
  return {std::move(result)};
}

std::uint32_t scratch_of(const Conv2dEncoding& encoding, const microkernels::Window& window) {
  if (encoding.most.segment_taps > 0)
    return microkernels::packed_scratch_bytes(window, encoding.most.segment_taps);
  return std::string_view(encoding.symbol) == "thimble_conv2d_reference"
             ? 0
             : microkernels::window_scratch_bytes(window);
}

// Measured on the MLPerf Tiny networks; estimates are good enough to choose by.
CallCost cost_of(std::string_view symbol, const microkernels::Window& window) {
  const double taps = window.kernel_height * window.kernel_width * window.input_channels;
  const double channels = window.output_channels;
  CallCost cost;
  cost.call = microkernels::reads_in_place(window) ? 350 : 800;
  cost.columns = window.output_width;
  if (symbol.starts_with("thimble_conv2d_packed")) {
    // Tiles cost what whole ones do.
    const double pixel = symbol.starts_with("thimble_conv2d_packed_whole")
                             ? taps * (channels * 1.58 + 4.2) + channels * 8.1 + 70
                             : taps * (channels * 1.66 + 4) + channels * 19;
    cost.row = window.output_width * pixel;
    for (int rest = 1; rest < microkernels::kTilePixels; ++rest) {
      cost.rests.push_back((microkernels::kTilePixels - rest) * pixel +
                           channels / microkernels::kChannelGroup * (100 + 10 * rest));
    }
    return cost;
  }
  const double groups = channels / microkernels::kChannelGroup;
  if (symbol == "thimble_conv2d_unpacked") {
    cost.row = window.output_width * groups * (taps * 11 + 560);
    cost.rests = {0, groups * (taps * 4 + 180)};  // a window has no other beside it
    return cost;
  }
  const double each_tap = symbol == "thimble_conv2d_reference" ? 40 : 8.6;
  cost.row = window.output_width * groups * (taps * each_tap + 60);
  return cost;
}

// The initializer of a Conv2d whose constants are `first` and the three behind it.
std::string descriptor_text(const Convolution& layer, const EncodedConv2d& encoded, int first) {
  return fmt::format(
      "Conv2d{{{}, {}, ${}, ${}, {}}}", window_text(layer.window),
      requantization_text(encoded.requantization, layer.rescale.output,
                          fmt::format("${}", first + 2), fmt::format("${}", first + 3)),
      first, first + 1, encoded.segment_taps);
}

void add_constants(EncodedConv2d&& encoded, Layer& layer) {
  layer.constants.push_back(std::move(encoded.weights));
  layer.constants.push_back(std::move(encoded.runs));
  layer.constants.push_back(bias_constant(encoded.requantization));
  layer.constants.push_back(std::move(encoded.requantization.scales));
}

}  // namespace

Conv2dEncoding encode_conv2d(const Convolution& layer, Goal goal) {
  Conv2dEncoding encoding;
  const std::vector<ChannelScale> scales = layer.channel_scales();
  const bool one_window = microkernels::is_line(layer.window);
  if (goal == Goal::kSpeed && !one_window && encode_whole(layer, scales, encoding.most)) {
    encoding.symbol = layer.rescale.output.lowest == 0 ? "thimble_conv2d_packed_whole_unsigned"
                                                       : "thimble_conv2d_packed_whole";
    return encoding;
  }
  encoding.most.requantization =
      plan_requantization(scales, layer.rescale.output, goal == Goal::kSpeed);
  if (goal == Goal::kSpeed &&
      encoding.most.requantization.form == microkernels::RequantizationForm::kReference) {
    encoding.symbol = "thimble_conv2d_reference";
    encoding.most.weights = bytes_of(layer.weights);
    return encoding;
  }
  if (goal == Goal::kSize) {
    encoding.symbol = "thimble_conv2d_unpacked";
    encode_unpacked(layer, encoding.most);
    return encoding;
  }
  const bool has_exceptions = !encoding.most.requantization.exceptions.empty();
  if (one_window) {
    encoding.symbol =
        has_exceptions ? "thimble_conv2d_line_with_exceptions" : "thimble_conv2d_line";
    encode_line(layer, encoding.most);
  } else {
    encoding.symbol =
        has_exceptions ? "thimble_conv2d_packed_with_exceptions" : "thimble_conv2d_packed";
    encode_packed(layer, encoding.most);
  }
  if (has_exceptions) encode_exceptions(layer, scales, encoding);
  return encoding;
}

Layer conv2d_layer(const Convolution& layer, Goal goal) {
  Conv2dEncoding encoding = encode_conv2d(layer, goal);
  Layer result;
  result.symbol = encoding.symbol;
  result.header = "microkernels/conv2d.h";
  result.descriptor = descriptor_text(layer, encoding.most, 0);
  result.rows = layer.window.output_height;
  result.scratch_bytes = scratch_of(encoding, layer.window);
  result.reads = {window_reads(layer.window)};
  result.cost = cost_of(encoding.symbol, layer.window);
  result.orders = orders_of(encoding.symbol, layer.window);
  result.forms = encoding.most.requantization.forms;
  const bool has_exceptions = !encoding.channels.empty();
  if (has_exceptions) {
    result.descriptor =
        fmt::format("Conv2dWithExceptions{{{}, microkernels::{}, $8, {}}}", result.descriptor,
                    descriptor_text(layer, encoding.exceptions, 4), encoding.channels.size());
    result.descriptor.insert(result.descriptor.find('{') + 1, "microkernels::");
  }
  add_constants(std::move(encoding.most), result);
  if (has_exceptions) {
    add_constants(std::move(encoding.exceptions), result);
    result.constants.push_back(bytes_of(encoding.channels));
  }
  return result;
}

}  // namespace thimble::offload
