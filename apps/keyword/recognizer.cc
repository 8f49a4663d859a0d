// See recognizer.h.
#include "apps/keyword/recognizer.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "apps/keyword/audio.h"
#include "assets.h"
#include "kernel/semaphore.h"
#include "shell/print.h"

namespace thimble::keyword {
namespace {

namespace net = model::keyword_dscnn;

constexpr const char* kLabels[] = {"yes", "no",  "up",   "down", "left",    "right",
                                   "on",  "off", "stop", "go",   "unknown", "silence"};
static_assert(std::size(kLabels) == net::Output0::kCount);
static_assert(net::Input0::kCount == mfcc::kPatchSize);

constexpr time::Ticks kPatience = 2 * time::kTicksPerSecond;  // between two steps
constexpr time::Ticks kDeadline = time::kTicksPerSecond;      // the next patch comes

constinit RecognizerStatistics statistics{};
constinit kernel::Semaphore answered;

struct Answer {
  std::size_t label;
  std::uint32_t tenths_of_percent;
};

Answer best(std::span<const std::int8_t, net::Output0::kCount> scores) {
  const auto found = std::ranges::max_element(scores);
  const auto steps = static_cast<std::uint32_t>(*found - net::Output0::kZeroPoint);
  return {static_cast<std::size_t>(found - scores.begin()), steps * 1000 / 256};
}

// What the arena holds is this task's until the answer is read. Nothing if the next patch comes
// first.
std::optional<Answer> infer(const Patch& patch) {
  static constinit runtime::Inference inference(&heart);
  const kernel::MutexLock lock(arena.mutex);
  const net::Arena memory(arena.bytes);
  std::copy_n(patch.features, mfcc::kPatchSize, net::input_0(memory).begin());
  const time::Ticks begin = time::now();
  const runtime::Status status = inference.run(net::kPlan, memory, begin + kDeadline);
  const auto ticks = static_cast<std::uint32_t>(time::now() - begin);
  statistics.slowest = std::max(statistics.slowest, ticks);
  if (!status.ok()) return std::nullopt;
  return best(net::output_0(memory));
}

void print_answer(const std::optional<Answer>& answer, const char* clip, std::uint32_t ticks) {
  const kernel::MutexLock lock(shell::console_mutex);
  shell::print_left(clip, 10);
  if (!answer) {
    kernel::print("no answer in time\n");
    return;
  }
  kernel::print("heard ");
  shell::print_left(kLabels[answer->label], 8);
  shell::print_tenths(answer->tenths_of_percent, 6);
  kernel::print(" %, ");
  shell::print_tenths(ticks / (time::kTicksPerMillisecond / 10), 5);
  kernel::print(" ms after the last sample\n");
}

}  // namespace

constinit runtime::SharedArena<net::kArenaBytes> arena;
constinit kernel::Heartbeat heart("recognizer", kPatience);

void recognize(void* /*argument*/) {
  while (true) {
    const std::span<const Patch> ready = patches.peek();
    if (ready.empty()) continue;
    const std::optional<Answer> answer = infer(ready[0]);
    const char* const clip = assets::kClips[ready[0].clip].name;
    const std::uint32_t ticks = static_cast<std::uint32_t>(time::now()) - ready[0].time;
    patches.release(1);
    if (answer && std::strcmp(clip, kLabels[answer->label]) == 0) ++statistics.right;
    statistics.latest = std::max(statistics.latest, ticks);
    print_answer(answer, clip, ticks);
    answered.give();
  }
}

RecognizerStatistics recognizer_statistics() {
  return statistics;
}

void forget_recognizer_statistics() {
  statistics = {};
  while (answered.take(kernel::kNoWait) == kernel::Status::kOk) {  // that nobody waited for
  }
}

bool wait_for_answer(kernel::Deadline deadline) {
  return answered.take(deadline) == kernel::Status::kOk;
}

}  // namespace thimble::keyword
