// What goes from task to task: samples, then patches. Every message says which clip it is about.
#pragma once

#include <cstddef>
#include <cstdint>

#include "frontend/mfcc.h"
#include "kernel/queue.h"

namespace thimble::keyword {

inline constexpr std::uint32_t kSampleRate = 16000;
inline constexpr std::size_t kBlockSamples = 160;  ///< 10 ms
inline constexpr std::uint32_t kBlocksPerSecond = kSampleRate / kBlockSamples;

/// What the source hears at a time.
struct Block {
  std::uint32_t number;    ///< of all blocks since reset, so that a loss is seen
  std::uint32_t clip;      ///< index into assets::kClips
  std::uint32_t position;  ///< of its first sample in the clip
  std::uint32_t time;      ///< tick, low half, when it was complete
  std::int16_t samples[kBlockSamples];
};

/// A second of features.
struct Patch {
  std::uint32_t clip;
  std::uint32_t time;  ///< of its last block
  std::int8_t features[(mfcc::kPatchSize + 3) / 4 * 4];
};

// NOLINTBEGIN(bugprone-dynamic-static-initializers): they are constinit
extern kernel::Queue<Block, 8> blocks;
extern kernel::Queue<Patch, 2> patches;
// NOLINTEND(bugprone-dynamic-static-initializers)

}  // namespace thimble::keyword
