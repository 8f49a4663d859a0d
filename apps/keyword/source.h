// The microphone: a timer that puts ten milliseconds of a clip into the queue at a time, as the
// interrupt of a DMA controller would.
#pragma once

#include <cstdint>
#include <span>

#include "assets.h"
#include "kernel/time.h"

namespace thimble::keyword {

struct SourceStatistics {
  std::uint32_t samples;         ///< played
  std::uint32_t lost;            ///< of these, for want of room in the queue
  std::uint32_t deepest;         ///< blocks in the queue, at most
  std::uint32_t latest;          ///< ticks that a block came late, at most
  std::uint32_t interrupt_time;  ///< ticks that all interrupts took
};

/// Plays the clips from `first` up to before `end`, one after the other, from the next ten
/// milliseconds on; forgets the statistics. It must not be playing. For tasks.
void play(std::uint32_t first, std::uint32_t end);

[[nodiscard]] SourceStatistics source_statistics();

}  // namespace thimble::keyword
