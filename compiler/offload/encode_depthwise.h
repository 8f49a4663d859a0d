// A depthwise convolution as the microkernels of microkernels/depthwise_conv2d.h want it. Internal
// to offload.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/offload/convolution.h"
#include "microkernels/depthwise_conv2d.h"

namespace thimble::offload {

struct DepthwiseEncoding {
  const char* symbol = nullptr;
  std::vector<std::int8_t> weights;
  std::vector<std::uint8_t> biases;  ///< as bias_constant() has them
  RequantizationPlan requantization;
  std::uint32_t scratch_bytes = 0;

  /// The layer's descriptor, with pointers into this.
  [[nodiscard]] microkernels::DepthwiseConv2d descriptor(const Convolution& layer) const;
};

[[nodiscard]] DepthwiseEncoding encode_depthwise(const Convolution& layer, Goal goal);

/// Whether the microkernel for this goal would be faster with its input stored as unsigned.
[[nodiscard]] bool can_take_unsigned(const Convolution& layer, Goal goal);

/// The layer with its descriptor.
[[nodiscard]] Layer depthwise_layer(const Convolution& layer, Goal goal);

}  // namespace thimble::offload
