// A convolution as the microkernels of microkernels/conv2d.h want it. Internal to offload.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/offload/convolution.h"
#include "microkernels/conv2d.h"

namespace thimble::offload {

struct EncodedConv2d {
  const char* symbol = nullptr;
  std::vector<std::uint8_t> weights;
  std::vector<std::uint8_t> runs;
  RequantizationPlan requantization;
};

[[nodiscard]] EncodedConv2d encode_conv2d(const Convolution& layer, Goal goal);

/// The layer with its descriptor.
[[nodiscard]] Layer conv2d_layer(const Convolution& layer, Goal goal);

}  // namespace thimble::offload
