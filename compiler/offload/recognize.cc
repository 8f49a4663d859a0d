// See recognize.h.
#include "compiler/offload/recognize.h"

#include <algorithm>
#include <limits>

#include "compiler/mlir/constants.h"
#include "microkernels/conv2d.h"

namespace thimble::offload {

using mlir::Operation;

Graph::Graph(const std::vector<Operation>& body) {
  for (const Operation& operation : body) {
    for (const std::string& result : operation.results) producers_[result] = &operation;
    for (const std::string& operand : operation.operands) users_[operand].push_back(&operation);
  }
}

const Operation* Graph::producer(const std::string& value) const {
  const auto found = producers_.find(value);
  return found == producers_.end() ? nullptr : found->second;
}

const Operation* Graph::only_user(const std::string& value) const {
  const auto found = users_.find(value);
  return found == users_.end() || found->second.size() != 1 ? nullptr : found->second[0];
}

std::optional<std::vector<std::int64_t>> Graph::constant(const std::string& value) const {
  const Operation* operation = producer(value);
  while (operation != nullptr && operation->name == "tosa.reshape")
    operation = producer(operation->operands[0]);
  if (operation == nullptr || operation->name != "tosa.const") return std::nullopt;
  return mlir::constant_values(*operation);
}

namespace {

constexpr std::int64_t kLargestExtent = 32767;  // descriptors hold 16 bits
constexpr std::size_t kChannelGroup = microkernels::kChannelGroup;

bool is_false(const Operation& operation, std::string_view flag) {
  const std::string* text = operation.find(flag);
  return text != nullptr && *text == "false";
}

// A value's constant, when it has exactly one element or all are the same.
std::optional<std::int64_t> single(const Graph& graph, const std::string& value) {
  const auto values = graph.constant(value);
  if (!values || values->empty() ||
      std::ranges::adjacent_find(*values, std::ranges::not_equal_to{}) != values->end()) {
    return std::nullopt;
  }
  return values->front();
}

bool fits(const std::vector<std::int64_t>& extents) {
  return std::ranges::max(extents) <= kLargestExtent;
}

int number(std::int64_t value) {
  return static_cast<int>(value);
}

// What every operation with a window has: pictures, padding and stride.
bool read_window(const Operation& operation, std::string_view result_element, Layer& layer) {
  const auto input = mlir::tensor_type(operation.operand_types[0]);
  const auto output = mlir::tensor_type(operation.result_types[0]);
  if (!input || !output || input->element != "i8" || output->element != result_element ||
      input->shape.size() != 4 || output->shape.size() != 4 || input->shape[0] != 1) {
    return false;
  }
  const auto pad = mlir::integers(*operation.find("pad"));
  const auto stride = mlir::integers(*operation.find("stride"));
  if (pad.size() != 4 || stride.size() != 2 || !fits(input->shape) || !fits(output->shape) ||
      !fits(pad) || !fits(stride)) {
    return false;
  }
  layer.input_height = number(input->shape[1]);
  layer.input_width = number(input->shape[2]);
  layer.input_channels = number(input->shape[3]);
  layer.output_height = number(output->shape[1]);
  layer.output_width = number(output->shape[2]);
  layer.output_channels = number(output->shape[3]);
  layer.pad_top = number(pad[0]);
  layer.pad_left = number(pad[2]);
  layer.stride_y = number(stride[0]);
  layer.stride_x = number(stride[1]);
  return true;
}

bool read_convolution(const Operation& operation, Layer& layer) {
  const auto weights = mlir::tensor_type(operation.operand_types[1]);
  const auto dilation = mlir::integers(*operation.find("dilation"));
  if (!read_window(operation, "i32", layer) || !weights || weights->element != "i8" ||
      weights->shape.size() != 4 || dilation.size() != 2 || !fits(weights->shape) ||
      !fits(dilation)) {
    return false;
  }
  const bool depthwise =
      layer.kind == LayerKind::kDepthwiseConv2d;  // its weights are [h, w, channels, multiplier]
  layer.kernel_height = number(weights->shape[depthwise ? 0 : 1]);
  layer.kernel_width = number(weights->shape[depthwise ? 1 : 2]);
  layer.multiplier = depthwise ? number(weights->shape[3]) : 1;
  layer.dilation_y = number(dilation[0]);
  layer.dilation_x = number(dilation[1]);
  return true;
}

// TOSA's order is [channel][h][w][in] for convolutions and [h][w][in][multiplier] for depthwise
// ones.
std::size_t channel_of(const Layer& layer, std::size_t position, std::size_t taps) {
  return layer.kind == LayerKind::kDepthwiseConv2d
             ? position % static_cast<std::size_t>(layer.output_channels)
             : position / taps;
}

bool read_weights(const Graph& graph, const Operation& operation, Layer& layer) {
  const auto weights = graph.constant(operation.operands[1]);
  const auto bias = graph.constant(operation.operands[2]);
  const auto input_zero = single(graph, operation.operands[3]);
  const auto weight_zero = single(graph, operation.operands[4]);
  const auto outputs = static_cast<std::size_t>(layer.output_channels);
  if (!weights || !bias || !input_zero || !weight_zero || *weight_zero != 0 ||
      weights->size() % outputs != 0 || (bias->size() != outputs && bias->size() != 1)) {
    return false;
  }
  layer.input_zero_point = static_cast<int>(*input_zero);
  const std::size_t taps = weights->size() / outputs;
  std::vector<std::int64_t> sums(outputs);
  for (std::size_t i = 0; i < weights->size(); ++i)
    sums[channel_of(layer, i, taps)] += (*weights)[i];
  layer.channels.resize(outputs);
  for (std::size_t c = 0; c < outputs; ++c) {
    const std::int64_t folded = (*bias)[bias->size() == 1 ? 0 : c] - *input_zero * sums[c];
    if (folded != static_cast<std::int32_t>(folded)) return false;
    layer.channels[c].bias = static_cast<std::int32_t>(folded);
  }
  if (layer.kind == LayerKind::kDepthwiseConv2d) {
    layer.weights.assign(weights->begin(), weights->end());
    return true;
  }
  const std::size_t groups = (outputs + kChannelGroup - 1) / kChannelGroup;
  layer.weights.assign(groups * kChannelGroup * taps, 0);
  for (std::size_t c = 0; c < outputs; ++c) {
    for (std::size_t tap = 0; tap < taps; ++tap) {
      const std::size_t place =
          ((c / kChannelGroup) * taps + tap) * kChannelGroup + c % kChannelGroup;
      layer.weights[place] = static_cast<std::int8_t>((*weights)[c * taps + tap]);
    }
  }
  return true;
}

bool read_rescale(const Graph& graph, const Operation& rescale, Layer& layer) {
  const auto output = mlir::tensor_type(rescale.result_types[0]);
  const std::string* rounding = rescale.find("rounding_mode");
  const auto multipliers = graph.constant(rescale.operands[1]);
  const auto shifts = graph.constant(rescale.operands[2]);
  const auto input_zero = single(graph, rescale.operands[3]);
  const auto output_zero = single(graph, rescale.operands[4]);
  if (!output || output->element != "i8" || rounding == nullptr ||
      !is_false(rescale, "input_unsigned") || !is_false(rescale, "output_unsigned") ||
      is_false(rescale, "scale32") || !multipliers || !shifts || !input_zero || *input_zero != 0 ||
      !output_zero) {
    return false;
  }
  layer.double_round = rounding->find("DOUBLE_ROUND") != std::string::npos;
  if (!layer.double_round && rounding->find("SINGLE_ROUND") == std::string::npos) return false;
  layer.output_zero_point = static_cast<int>(*output_zero);
  const std::size_t count = layer.channels.size();
  if ((multipliers->size() != 1 && multipliers->size() != count) ||
      (shifts->size() != 1 && shifts->size() != count)) {
    return false;
  }
  for (std::size_t c = 0; c < count; ++c) {
    layer.channels[c].multiplier =
        static_cast<std::int32_t>((*multipliers)[multipliers->size() == 1 ? 0 : c]);
    layer.channels[c].shift = static_cast<std::int32_t>((*shifts)[shifts->size() == 1 ? 0 : c]);
    if (layer.channels[c].shift < 2 || layer.channels[c].shift > 62) return false;
  }
  return true;
}

bool read_pool(const Operation& operation, Layer& layer) {
  const auto kernel = mlir::integers(*operation.find("kernel"));
  if (!read_window(operation, "i8", layer) || kernel.size() != 2 || !fits(kernel)) return false;
  layer.kind = LayerKind::kMaxPool2d;
  layer.kernel_height = number(kernel[0]);
  layer.kernel_width = number(kernel[1]);
  return true;
}

}  // namespace

// As the microkernels define it (microkernels/conv2d.h).
std::uint64_t Layer::scratch_bytes() const {
  const auto depth = static_cast<std::uint16_t>(input_channels);
  if (kind == LayerKind::kMaxPool2d) return 0;
  if (kind == LayerKind::kDepthwiseConv2d) return depth;
  const auto u16 = [](int value) { return static_cast<std::uint16_t>(value); };
  microkernels::Window window{};
  window.input_height = u16(input_height);
  window.input_width = u16(input_width);
  window.input_channels = depth;
  window.output_height = u16(output_height);
  window.output_width = u16(output_width);
  window.kernel_height = u16(kernel_height);
  window.kernel_width = u16(kernel_width);
  window.stride_y = u16(stride_y);
  window.stride_x = u16(stride_x);
  window.pad_top = static_cast<std::int16_t>(pad_top);
  window.pad_left = static_cast<std::int16_t>(pad_left);
  return microkernels::conv2d_scratch_bytes(window);
}

std::optional<Recognized> recognize(const Graph& graph, const Operation& operation) {
  Recognized found;
  if (operation.name == "tosa.max_pool2d") {
    if (!read_pool(operation, found.layer)) return std::nullopt;
    found.input = operation.operands[0];
    found.last = &operation;
    return found;
  }
  if (operation.name == "tosa.depthwise_conv2d") {
    found.layer.kind = LayerKind::kDepthwiseConv2d;
  } else if (operation.name != "tosa.conv2d") {
    return std::nullopt;
  }
  if (operation.operands.size() != 5 || !read_convolution(operation, found.layer) ||
      !read_weights(graph, operation, found.layer)) {
    return std::nullopt;
  }
  const Operation* rescale = graph.only_user(operation.results[0]);
  if (rescale == nullptr || rescale->name != "tosa.rescale" || rescale->operands.size() != 5 ||
      rescale->operands[0] != operation.results[0] || !read_rescale(graph, *rescale, found.layer)) {
    return std::nullopt;
  }
  found.input = operation.operands[0];
  found.last = rescale;
  const Operation* clamp = graph.only_user(rescale->results[0]);
  if (clamp != nullptr && clamp->name == "tosa.clamp") {
    found.layer.lowest = static_cast<int>(mlir::integers(*clamp->find("min_val"))[0]);
    found.layer.highest = static_cast<int>(mlir::integers(*clamp->find("max_val"))[0]);
    found.last = clamp;
  }
  return found;
}

}  // namespace thimble::offload
