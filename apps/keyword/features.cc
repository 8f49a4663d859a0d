// See features.h.
#include "apps/keyword/features.h"

#include <algorithm>

#include "apps/keyword/audio.h"
#include "kernel/time.h"
#include "kernel/trace.h"

namespace thimble::keyword {
namespace {

constinit FeatureStatistics statistics{};
constinit std::uint32_t expected = 0;  // number of the next block

// A window of samples that slides, and the frames made of it.
class Features {
 public:
  void add(const Block& block) {
    if (block.position == 0) {
      filled_ = 0;
      frames_made_ = 0;
    }
    std::ranges::copy(block.samples, window_.begin() + filled_);
    filled_ += kBlockSamples;
    if (filled_ < mfcc::kWindowSamples || frames_made_ == mfcc::kFrames) return;
    const time::Ticks begin = time::now();
    {
      const trace::Span span("frame");
      frames_[frames_made_++] = mfcc::make_frame(window_);
    }
    const auto ticks = static_cast<std::uint32_t>(time::now() - begin);
    statistics.slowest = std::max(statistics.slowest, ticks);
    std::copy(window_.begin() + mfcc::kHopSamples, window_.end(), window_.begin());
    filled_ -= mfcc::kHopSamples;
    if (frames_made_ == mfcc::kFrames) send(block);
  }

 private:
  void send(const Block& last) {
    const std::span<Patch> room = patches.claim();
    if (room.empty()) return;
    room[0].clip = last.clip;
    room[0].time = last.time;
    mfcc::make_patch(frames_, 0, mfcc::PatchSpan(room[0].features, mfcc::kPatchSize));
    patches.commit(1);
  }

  std::array<std::int16_t, mfcc::kWindowSamples> window_{};
  std::array<mfcc::Frame, mfcc::kFrames> frames_{};
  std::size_t filled_ = 0;
  std::size_t frames_made_ = 0;
};
static_assert(mfcc::kWindowSamples % kBlockSamples == 0 && mfcc::kHopSamples % kBlockSamples == 0);

constinit Features features;

}  // namespace

constinit kernel::Queue<Block, 8> blocks;
constinit kernel::Queue<Patch, 2> patches;

void make_features(void* /*argument*/) {
  while (true) {
    const std::span<const Block> heard = blocks.peek();
    if (heard.empty()) continue;
    statistics.missing += heard[0].number - expected;
    expected = heard[0].number + 1;
    features.add(heard[0]);
    blocks.release(1);
  }
}

FeatureStatistics feature_statistics() {
  return statistics;
}

void forget_feature_statistics() {
  statistics = {};
}

}  // namespace thimble::keyword
