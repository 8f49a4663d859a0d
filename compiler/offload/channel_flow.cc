// See channel_flow.h.
#include "compiler/offload/channel_flow.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace thimble::offload {
namespace {

using mlir::Operation;

// Element by element: each operand of as many channels as the result is linked to it.
struct ElementWise {
  std::string_view name;
  std::size_t operands;
};
constexpr std::array<ElementWise, 9> kElementWise{{{"tosa.rescale", 1},
                                                   {"tosa.clamp", 1},
                                                   {"tosa.cast", 1},
                                                   {"tosa.table", 1},
                                                   {"tosa.add", 2},
                                                   {"tosa.sub", 2},
                                                   {"tosa.mul", 2},
                                                   {"tosa.max_pool2d", 1},
                                                   {"tosa.avg_pool2d", 1}}};

std::optional<std::int64_t> number(const Operation& operation, std::string_view key) {
  const std::string* text = operation.find(key);
  if (text == nullptr) return std::nullopt;
  const auto numbers = mlir::integers(*text);
  return numbers.empty() ? std::nullopt : std::optional(numbers[0]);
}

// Whether an operation that moves data around leaves the last dimension as it is.
bool keeps_last_dimension(const Graph& graph, const Operation& operation) {
  const auto type = mlir::tensor_type(operation.operand_types[0]);
  if (!type || type->shape.empty()) return false;
  const auto last = static_cast<std::int64_t>(type->shape.size()) - 1;
  if (operation.name == "tosa.reduce_sum") return number(operation, "axis").value_or(last) != last;
  if (operation.name == "tosa.transpose") {
    const std::string* order = operation.find("perms");
    return order != nullptr && !mlir::integers(*order).empty() &&
           mlir::integers(*order).back() == last;
  }
  if (operation.name == "tosa.slice")
    return channel_count(operation.operand_types[0]) == channel_count(operation.result_types[0]);
  if (operation.name == "tosa.pad") {
    const auto amounts = shape_values(graph, operation.operands[1]);
    return !amounts.empty() && amounts.back() == 0 && amounts[amounts.size() - 2] == 0;
  }
  return false;
}

// Row by row, a reshape moves nothing: channels of the longer rows go round those of the shorter.
std::vector<ChannelLink> links_of_reshape(int inputs, int outputs) {
  const int count = std::max(inputs, outputs);
  if (count % std::min(inputs, outputs) != 0) return {};
  return {{.operand = 0, .count = count}};
}

std::vector<ChannelLink> links_of_concat(const Operation& operation) {
  const auto type = mlir::tensor_type(operation.result_types[0]);
  const auto axis = number(operation, "axis");
  if (!type || !axis) return {};
  const bool of_channels = *axis + 1 == static_cast<std::int64_t>(type->shape.size());
  std::vector<ChannelLink> links;
  int offset = 0;
  for (std::size_t i = 0; i < operation.operands.size(); ++i) {
    const int count = channel_count(operation.operand_types[i]);
    links.push_back({.operand = i, .count = count, .offset = offset});
    if (of_channels) offset += count;
  }
  return links;
}

bool touches_padding(const Operation& operation) {
  const std::string* pad = operation.find("pad");
  return pad == nullptr ||
         !std::ranges::all_of(mlir::integers(*pad), [](auto n) { return n == 0; });
}

}  // namespace

int channel_count(const std::string& type) {
  const auto tensor = mlir::tensor_type(type);
  if (!tensor || tensor->shape.empty() || !tensor->element.starts_with('i') ||
      tensor->element == "index") {
    return 0;
  }
  return static_cast<int>(tensor->shape.back());
}

std::vector<std::int64_t> shape_values(const Graph& graph, const std::string& value) {
  const Operation* producer = graph.producer(value);
  if (producer == nullptr || producer->name != "tosa.const_shape") return {};
  auto values = mlir::integers(*producer->find("values"));
  // A splat stands for as many numbers as the type says: "tensor<8xindex>".
  const std::string* text = producer->find("values");
  const auto type = mlir::tensor_type(text->substr(std::min(text->rfind("tensor<"), text->size())));
  if (type && values.size() == 1) values.resize(static_cast<std::size_t>(type->count()), values[0]);
  return values;
}

std::optional<ChannelSums> read_channel_sums(const Graph& graph, const Operation& operation) {
  ChannelSums sums;
  sums.depthwise = operation.name == "tosa.depthwise_conv2d";
  if ((!sums.depthwise && operation.name != "tosa.conv2d") || operation.operands.size() != 5)
    return std::nullopt;
  const auto type = mlir::tensor_type(operation.operand_types[1]);
  const auto weights = graph.constant(operation.operands[1]);
  const auto biases = graph.constant(operation.operands[2]);
  const auto input_zero = graph.single(operation.operands[3]);
  const auto weight_zero = graph.single(operation.operands[4]);
  if (!type || type->shape.size() != 4 || !weights || !biases || !input_zero || weight_zero != 0)
    return std::nullopt;
  sums.inputs = channel_count(operation.operand_types[0]);
  sums.outputs = channel_count(operation.result_types[0]);
  if (sums.inputs == 0 || sums.outputs == 0) return std::nullopt;
  // Depthwise weights are [h, w, channels, multiplier], others [channel, h, w, in].
  const std::size_t first = sums.depthwise ? 0 : 1;
  sums.taps = static_cast<int>(type->shape[first] * type->shape[first + 1]);
  sums.multiplier = sums.depthwise ? static_cast<int>(type->shape[3]) : 1;
  sums.padded = touches_padding(operation);
  sums.zero_point = *input_zero;
  sums.weights = *weights;
  sums.biases = *biases;
  if (sums.biases.empty()) return std::nullopt;
  sums.biases.resize(static_cast<std::size_t>(sums.outputs), sums.biases[0]);
  const std::int64_t expected =
      static_cast<std::int64_t>(sums.outputs) * sums.taps * (sums.depthwise ? 1 : sums.inputs);
  if (static_cast<std::int64_t>(sums.weights.size()) != expected ||
      (sums.depthwise && sums.outputs != sums.inputs * sums.multiplier)) {
    return std::nullopt;
  }
  return sums;
}

std::vector<ChannelLink> channel_links(const Graph& graph, const Operation& operation) {
  if (operation.operands.empty() || operation.result_types.size() != 1) return {};
  const int outputs = channel_count(operation.result_types[0]);
  const int inputs = channel_count(operation.operand_types[0]);
  if (outputs == 0 || inputs == 0) return {};
  const auto* const kind = std::ranges::find(kElementWise, operation.name, &ElementWise::name);
  if (kind != kElementWise.end()) {
    if (operation.name == "tosa.rescale" &&
        (!graph.constant(operation.operands[1]) || !graph.constant(operation.operands[2]))) {
      return {};
    }
    std::vector<ChannelLink> links;
    for (std::size_t i = 0; i < std::min(kind->operands, operation.operands.size()); ++i) {
      if (channel_count(operation.operand_types[i]) == outputs)
        links.push_back({.operand = i, .count = outputs});
    }
    return links;
  }
  if (operation.name == "tosa.reshape") return links_of_reshape(inputs, outputs);
  if (operation.name == "tosa.concat") return links_of_concat(operation);
  if (operation.name == "tosa.depthwise_conv2d") {
    const auto sums = read_channel_sums(graph, operation);
    if (!sums) return {};
    return {{.operand = 0, .count = outputs, .divisor = sums->multiplier}};
  }
  if (keeps_last_dimension(graph, operation)) return {{.operand = 0, .count = outputs}};
  return {};
}

}  // namespace thimble::offload
