// Eight products from five multiplications: windows packed into words, and the proof of how many
// taps may be added up before the windows' sums must be taken apart (microkernels/tile.h). Internal
// to offload.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/offload/convolution.h"
#include "compiler/offload/runs.h"

namespace thimble::offload {

/// Whether the sum of products with any int8 inputs fits a window's field.
[[nodiscard]] bool fits_field(ChannelWeights segment);

/// The longest segments of taps, of a length for all, in which the sums of all channels fit.
[[nodiscard]] int segment_taps(const Convolution& layer);

/// Weights as thimble_packed_tile has them, segment after segment.
[[nodiscard]] std::vector<std::uint8_t> segment_weights(const Convolution& layer, int segment);

}  // namespace thimble::offload
