// What the result of an operation can be, channel by channel, given what its operands can be.
// Internal to offload.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "compiler/offload/channel_flow.h"
#include "compiler/offload/channel_ranges.h"

namespace thimble::offload {

using Ranges = std::vector<Range>;

/// The hull of nothing.
inline constexpr Range kNothing{std::numeric_limits<std::int64_t>::max(),
                                std::numeric_limits<std::int64_t>::min()};

[[nodiscard]] Range hull(const Range& a, const Range& b);

/// All that fits into a tensor of "i8", "i16" or "i32"; nothing for other types.
[[nodiscard]] Range range_of_type(const std::string& type);

/// One operation that passes channels on one by one: for each of its data operands, what can reach
/// each channel of its result.
struct Step {
  const Graph& graph;
  const mlir::Operation& operation;
  std::vector<Ranges> operands;
};

/// Before any overflow of the result's type; empty if nothing is known.
[[nodiscard]] Ranges ranges_of_result(const Step& step);

/// Of a convolution's sums; `inputs` are its input's channels. Padding contributes nothing,
/// whatever the channel is otherwise.
[[nodiscard]] Ranges ranges_of_sums(const ChannelSums& sums, const Ranges& inputs);

}  // namespace thimble::offload
