// See source.h.
#include "apps/keyword/source.h"

#include <algorithm>
#include <cstring>

#include "apps/keyword/audio.h"
#include "kernel/timer.h"

namespace thimble::keyword {
namespace {

constexpr std::uint32_t kPeriod = time::kTicksPerSecond / kBlocksPerSecond;

void hear(void*);

constinit kernel::Timer timer(hear);
constinit SourceStatistics statistics{};
constinit std::uint32_t clip = 0;
constinit std::uint32_t last_clip = 0;  // the one behind
constinit std::uint32_t position = 0;   // in the clip
constinit std::uint32_t number = 0;
constinit std::uint32_t due = 0;  // tick of the block that is to come

// Behind its end a clip is silent.
void copy_samples(std::int16_t (&samples)[kBlockSamples]) {
  const std::span<const std::byte> rest = assets::kClips[clip].bytes.subspan(2 * position);
  const std::size_t bytes = std::min(rest.size(), sizeof samples);
  std::memcpy(samples, rest.data(), bytes);
  std::memset(reinterpret_cast<std::byte*>(samples) + bytes, 0, sizeof samples - bytes);
}

void send(std::uint32_t now) {
  const std::span<Block> room = blocks.claim(kernel::kNoWait);
  if (room.empty()) {
    statistics.lost += kBlockSamples;
    return;
  }
  Block& block = room[0];
  block.number = number;
  block.clip = clip;
  block.position = position;
  block.time = now;
  copy_samples(block.samples);
  blocks.commit(1);
  statistics.deepest = std::max(statistics.deepest, blocks.count());
}

void hear(void* /*argument*/) {
  const auto now = static_cast<std::uint32_t>(time::now());
  statistics.latest = std::max(statistics.latest, now - due);
  due += kPeriod;
  send(now);
  ++number;
  statistics.samples += kBlockSamples;
  position += kBlockSamples;
  if (2 * position >= assets::kClips[clip].bytes.size()) {
    position = 0;
    ++clip;
    if (clip == last_clip) timer.stop();
  }
  statistics.interrupt_time += static_cast<std::uint32_t>(time::now()) - now;
}

}  // namespace

void play(std::uint32_t first, std::uint32_t end) {
  statistics = {};
  clip = first;
  last_clip = end;
  position = 0;
  const time::Ticks start = time::now() + kPeriod;
  due = static_cast<std::uint32_t>(start);
  timer.start(start, kPeriod);
}

SourceStatistics source_statistics() {
  return statistics;
}

}  // namespace thimble::keyword
