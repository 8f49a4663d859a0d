// From blocks to patches, window by window. The task's work, and what it knows about it.
#pragma once

#include <cstdint>

namespace thimble::keyword {

struct FeatureStatistics {
  std::uint32_t missing;  ///< blocks that did not arrive, told by their numbers
  std::uint32_t slowest;  ///< ticks for one frame, at most
};

/// Makes a patch of the first second of each clip, for ever. For a task.
[[noreturn]] void make_features(void*);

[[nodiscard]] FeatureStatistics feature_statistics();
void forget_feature_statistics();

}  // namespace thimble::keyword
