// See convolution.h.
#include "compiler/offload/convolution.h"

#include <algorithm>

#include "compiler/offload/encode_conv2d.h"
#include "compiler/offload/encode_depthwise.h"
#include "compiler/offload/window.h"

namespace thimble::offload {
namespace {

using mlir::Operation;

constexpr std::int64_t kInputs = 256;

bool read_shape(const Operation& operation, Convolution& layer) {
  const auto weights = mlir::tensor_type(operation.operand_types[1]);
  const auto dilation = mlir::integers(*operation.find("dilation"));
  const auto window = read_window(operation, "i32");
  if (!window || !weights || weights->element != "i8" || weights->shape.size() != 4 ||
      dilation.size() != 2 || !std::ranges::all_of(weights->shape, fits) ||
      !std::ranges::all_of(dilation, fits)) {
    return false;
  }
  layer.window = *window;
  // Depthwise weights are [h, w, channels, multiplier], others [channel, h, w, in].
  layer.window.kernel_height = static_cast<std::uint16_t>(weights->shape[layer.depthwise ? 0 : 1]);
  layer.window.kernel_width = static_cast<std::uint16_t>(weights->shape[layer.depthwise ? 1 : 2]);
  layer.multiplier = layer.depthwise ? static_cast<int>(weights->shape[3]) : 1;
  layer.window.dilation_y = static_cast<std::uint16_t>(dilation[0]);
  layer.window.dilation_x = static_cast<std::uint16_t>(dilation[1]);
  return true;
}

std::string read_weights(const Graph& graph, const Operation& operation, Convolution& layer) {
  const auto weights = graph.constant(operation.operands[1]);
  const auto biases = graph.constant(operation.operands[2]);
  const auto input_zero = graph.single(operation.operands[3]);
  const auto weight_zero = graph.single(operation.operands[4]);
  const std::size_t outputs = layer.window.output_channels;
  if (!weights || !biases || !input_zero || !weight_zero) return "weights that are no constants";
  if (*weight_zero != 0) return "weights with a zero point";
  if (weights->size() % outputs != 0 || (biases->size() != outputs && biases->size() != 1))
    return "weights and biases that don't fit together";
  layer.window.input_zero_point = static_cast<std::int8_t>(*input_zero);
  layer.biases = *biases;
  layer.biases.resize(outputs, layer.biases[0]);
  const std::size_t taps = weights->size() / outputs;
  layer.weights.resize(weights->size());
  for (std::size_t c = 0; c < outputs; ++c) {
    for (std::size_t tap = 0; tap < taps; ++tap) {
      const std::size_t place = layer.depthwise ? tap * outputs + c : c * taps + tap;
      layer.weights[c * taps + tap] = static_cast<std::int8_t>((*weights)[place]);
    }
  }
  return {};
}

}  // namespace

std::vector<ChannelScale> Convolution::channel_scales() const {
  const std::int64_t lowest = unsigned_input ? 0 : -kInputs / 2;
  const std::int64_t highest = lowest + kInputs - 1;
  std::vector<ChannelScale> channels(window.output_channels);
  for (std::size_t c = 0; c < channels.size(); ++c) {
    ChannelScale& channel = channels[c];
    std::int64_t sum = 0;
    for (std::size_t tap = 0; tap < taps(); ++tap) {
      const std::int64_t weight = weights[c * taps() + tap];
      sum += weight;
      channel.lowest += std::min(weight * lowest, weight * highest);
      channel.highest += std::max(weight * lowest, weight * highest);
    }
    channel.bias = biases[c] - window.input_zero_point * sum;
    channel.lowest += channel.bias;
    channel.highest += channel.bias;
    const bool per_channel = rescale.multipliers.size() > 1;
    channel.multiplier = rescale.multipliers[per_channel ? c : 0];
    channel.shift = rescale.shifts[per_channel ? c : 0];
  }
  return channels;
}

Layer Convolution::encode(Goal goal) const {
  return depthwise ? depthwise_layer(*this, goal) : conv2d_layer(*this, goal);
}

Recognition recognize_convolution(const Graph& graph, const Operation& operation) {
  auto layer = std::make_unique<Convolution>();
  layer->depthwise = operation.name == "tosa.depthwise_conv2d";
  if (!layer->depthwise && operation.name != "tosa.conv2d") return {};
  if (operation.operands.size() != 5 || !read_shape(operation, *layer))
    return {nullptr, "not int8 pictures of batch 1"};
  if (std::string refusal = read_weights(graph, operation, *layer); !refusal.empty())
    return {nullptr, std::move(refusal)};
  const Operation* user = graph.only_user(operation.results[0]);
  if (user == nullptr) return {nullptr, "sums that several operations read"};
  const auto rescale = read_rescale(graph, user);
  const std::size_t outputs = layer->window.output_channels;
  if (!rescale || rescale->input_zero_point != 0 ||
      (rescale->multipliers.size() != 1 && rescale->multipliers.size() != outputs)) {
    return {nullptr, "sums that are not rescaled to int8 at once"};
  }
  layer->rescale = *rescale;
  for (const ChannelScale& channel : layer->channel_scales()) {
    for (const std::int64_t value : {channel.bias, channel.lowest, channel.highest}) {
      if (value != static_cast<std::int32_t>(value)) return {nullptr, "sums that overflow 32 bits"};
    }
  }
  // Filters of one and the same channel are those of a convolution.
  if (layer->window.input_channels == 1) layer->depthwise = false;
  layer->inputs = {operation.operands[0]};
  layer->last = rescale->last;
  return {std::move(layer), {}};
}

}  // namespace thimble::offload
