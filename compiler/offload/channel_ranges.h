// Which values each channel of a tensor can take, over all inputs of the network. Internal to
// offload.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compiler/offload/graph.h"

namespace thimble::offload {

struct Range {
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  [[nodiscard]] bool constant() const { return lowest == highest; }
};

/// Bounds that hold for every element of a channel: true, not always tight. A value that is no
/// tensor of whole numbers, or of which nothing is known but its type, is absent.
using ChannelRanges = std::map<std::string, std::vector<Range>>;

[[nodiscard]] ChannelRanges channel_ranges(const Graph& graph,
                                           const std::vector<mlir::Operation>& body);

}  // namespace thimble::offload
