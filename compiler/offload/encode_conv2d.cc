// See encode_conv2d.h.
#include "compiler/offload/encode_conv2d.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/offload/bytes.h"
#include "compiler/offload/runs.h"
#include "compiler/offload/window.h"

namespace thimble::offload {
namespace {

void append(std::vector<std::uint8_t>& to, const std::vector<std::uint8_t>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

ChannelWeights weights_of(const Convolution& layer, std::size_t channel) {
  return ChannelWeights(layer.weights).subspan(channel * layer.taps(), layer.taps());
}

// The channels that the microkernel computes together when so many are left.
std::size_t group_size(const Convolution& layer, std::size_t left) {
  const bool one_window = layer.window.output_height * layer.window.output_width == 1;
  for (const std::size_t size : {microkernels::kLineGroup, microkernels::kChannelGroup}) {
    if (left >= size && (one_window || size == microkernels::kChannelGroup)) return size;
  }
  return std::min<std::size_t>(2, left);
}

void encode_packed(const Convolution& layer, EncodedConv2d& encoded) {
  const std::size_t outputs = layer.window.output_channels;
  for (std::size_t first = 0; first < outputs;) {
    const std::size_t count = group_size(layer, outputs - first);
    std::vector<ChannelWeights> channels;
    channels.reserve(count);
    for (std::size_t c = first; c < first + count; ++c) channels.push_back(weights_of(layer, c));
    const auto rows = static_cast<std::size_t>(microkernels::rows_apart(layer.window));
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t row_taps = layer.taps() / rows;
      std::vector<ChannelWeights> parts;
      parts.reserve(count);
      for (const ChannelWeights channel : channels)
        parts.push_back(channel.subspan(row * row_taps, row_taps));
      append(encoded.runs, bytes_of(run_words(run_lengths(parts))));
    }
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
std::vector<Order> orders_of(const std::string& symbol, const microkernels::Window& window) {
  if (symbol == "thimble_conv2d_packed")
    return {recorded([&](auto& order) { microkernels::conv2d_packed_order(window, order); })};
  if (symbol == "thimble_conv2d_unpacked")
    return {recorded([&](auto& order) { microkernels::conv2d_unpacked_order(window, order); })};
  return {};
}

// Measured on the MLPerf Tiny networks; estimates are good enough to choose by.
CallCost cost_of(const std::string& symbol, const microkernels::Window& window) {
  const double taps = window.kernel_height * window.kernel_width * window.input_channels;
  const double groups = window.output_channels / 4.0;
  const double each_tap = symbol == "thimble_conv2d_unpacked"    ? 9
                          : symbol == "thimble_conv2d_reference" ? 40
                                                                 : 7.8;
  CallCost cost;
  cost.call = 200;
  cost.row = window.output_width * groups * (taps * each_tap + 60);
  cost.columns = window.output_width;
  if (symbol == "thimble_conv2d_unpacked") {
    cost.rests = {0, groups * taps * 3};
  } else if (symbol != "thimble_conv2d_reference") {
    cost.rests = {0, groups * taps * 1.8, groups * taps * 0.9};
  }
  return cost;
}

// The initializer of a Conv2d whose constants are `first` and the three behind it.
std::string descriptor_text(const Convolution& layer, const EncodedConv2d& encoded, int first) {
  return fmt::format(
      "Conv2d{{{}, {}, ${}, ${}}}", window_text(layer.window),
      requantization_text(encoded.requantization, layer.rescale.output,
                          fmt::format("${}", first + 2), fmt::format("${}", first + 3)),
      first, first + 1);
}

void add_constants(EncodedConv2d&& encoded, Layer& layer) {
  layer.constants.push_back(std::move(encoded.weights));
  layer.constants.push_back(std::move(encoded.runs));
  layer.constants.push_back(bytes_of(encoded.requantization.biases));
  layer.constants.push_back(std::move(encoded.requantization.scales));
}

}  // namespace

Conv2dEncoding encode_conv2d(const Convolution& layer, Goal goal) {
  Conv2dEncoding encoding;
  const std::vector<ChannelScale> scales = layer.channel_scales();
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
  encoding.symbol = "thimble_conv2d_packed";
  encode_packed(layer, encoding.most);
  if (!encoding.most.requantization.exceptions.empty()) {
    encoding.symbol = "thimble_conv2d_packed_with_exceptions";
    encode_exceptions(layer, scales, encoding);
  }
  return encoding;
}

Layer conv2d_layer(const Convolution& layer, Goal goal) {
  Conv2dEncoding encoding = encode_conv2d(layer, goal);
  Layer result;
  result.symbol = encoding.symbol;
  result.header = "microkernels/conv2d.h";
  result.descriptor = descriptor_text(layer, encoding.most, 0);
  result.rows = layer.window.output_height;
  result.scratch_bytes = microkernels::conv2d_scratch_bytes(layer.window);
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
