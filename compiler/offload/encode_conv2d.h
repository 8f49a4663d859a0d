// A convolution as the microkernels of microkernels/conv2d.h want it. Internal to offload.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/offload/convolution.h"
#include "microkernels/conv2d.h"

namespace thimble::offload {

/// Channels in one form.
struct EncodedConv2d {
  std::vector<std::uint8_t> weights;
  std::vector<std::uint8_t> runs;
  int segment_taps = 0;  ///< for thimble_conv2d_packed
  RequantizationPlan requantization;
};

/// A whole layer.
struct Conv2dEncoding {
  const char* symbol = nullptr;
  EncodedConv2d most;
  EncodedConv2d exceptions;             ///< for a microkernel with exceptions
  std::vector<std::uint16_t> channels;  ///< of the exceptions
};

[[nodiscard]] Conv2dEncoding encode_conv2d(const Convolution& layer, Goal goal);

/// The layer with its descriptor.
[[nodiscard]] Layer conv2d_layer(const Convolution& layer, Goal goal);

}  // namespace thimble::offload
