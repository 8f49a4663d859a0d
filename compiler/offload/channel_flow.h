// How channels, the last dimension of a tensor, pass through the operations of a program: one by
// one, or mixed by a convolution. Internal to offload.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/offload/graph.h"

namespace thimble::offload {

/// Last extent of a tensor of whole numbers; 0 for any other type.
[[nodiscard]] int channel_count(const std::string& type);

/// For each n below `count`, channel (n / divisor) of an operand makes channel (offset + n) of the
/// result, each modulo the channels there are, and touches no other.
struct ChannelLink {
  std::size_t operand = 0;
  int count = 0;
  int divisor = 1;
  int offset = 0;
};

/// The links to an operation's one result. None: channels are mixed, or the operation is not known.
[[nodiscard]] std::vector<ChannelLink> channel_links(const Graph& graph,
                                                     const mlir::Operation& operation);

/// What a convolution with constant weights sums up, depthwise or not. Weights have no zero point.
struct ChannelSums {
  [[nodiscard]] std::int64_t weight(int output, int tap, int input) const {
    return weights[static_cast<std::size_t>(depthwise ? tap * outputs + output
                                                      : (output * taps + tap) * inputs + input)];
  }
  [[nodiscard]] int input_of(int output) const { return output / multiplier; }  ///< depthwise

  bool depthwise = false;
  int outputs = 0;
  int taps = 0;        ///< of the kernel: height times width
  int inputs = 0;      ///< channels
  int multiplier = 1;  ///< depthwise: outputs an input
  bool padded = false;
  std::int64_t zero_point = 0;  ///< of the input; what padding reads as
  std::vector<std::int64_t> weights;
  std::vector<std::int64_t> biases;
};
[[nodiscard]] std::optional<ChannelSums> read_channel_sums(const Graph& graph,
                                                           const mlir::Operation& operation);

/// The numbers of a tosa.const_shape; empty if the value is none.
[[nodiscard]] std::vector<std::int64_t> shape_values(const Graph& graph, const std::string& value);

}  // namespace thimble::offload
