// A convolution, depthwise or not, with its rescale and clamp, as the program has it. A fully
// connected layer is a convolution of one pixel. Internal to offload.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/offload/candidate.h"
#include "compiler/offload/rescale.h"
#include "microkernels/window.h"

namespace thimble::offload {

class Convolution : public Candidate {
 public:
  [[nodiscard]] Layer encode(Goal goal) const override;

  /// Taps of one output channel.
  [[nodiscard]] std::size_t taps() const { return weights.size() / window.output_channels; }
  /// What is known of each channel's sums and how they are rescaled.
  [[nodiscard]] std::vector<ChannelScale> channel_scales() const;

  microkernels::Window window{};
  bool depthwise = false;
  bool unsigned_input = false;  ///< stored with 128 added (unsigned_tensors.h)
  int multiplier = 1;           ///< depthwise: output channels an input channel
  std::vector<std::int8_t>
      weights;  ///< [output channel][kernel row][kernel column][input channel, if not depthwise]
  std::vector<std::int64_t> biases;  ///< the program's own
  Rescale rescale;
};

}  // namespace thimble::offload
