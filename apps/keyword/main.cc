// Keyword spotting as an application: a timer plays recordings in real time, a task makes features
// of them, another runs the model, and a shell shows what happens.
//
//     timer (interrupt) -> blocks of 10 ms -> features -> patches of 1 s -> recognizer -> console
#include <algorithm>
#include <cstring>

#include "apps/keyword/audio.h"
#include "apps/keyword/features.h"
#include "apps/keyword/recognizer.h"
#include "apps/keyword/source.h"
#include "kernel/counters.h"
#include "kernel/main_task.h"
#include "kernel/statistics.h"
#include "kernel/supervisor.h"
#include "kernel/task.h"
#include "shell/print.h"
#include "shell/shell.h"

namespace thimble::keyword {
namespace {

using kernel::print;
using kernel::print_decimal;

constexpr std::uint32_t kPatience = 2;   // seconds for what comes after the last sample
constinit std::uint32_t core_speed = 0;  // simple instructions a second

struct Range {
  std::uint32_t first;
  std::uint32_t end;
};

// All clips, or the one of that name; none if there is none.
Range chosen(shell::Arguments arguments) {
  const auto count = static_cast<std::uint32_t>(assets::kClips.size());
  if (arguments.empty()) return {0, count};
  for (std::uint32_t i = 0; i < count; ++i) {
    if (std::strcmp(assets::kClips[i].name, arguments[0]) == 0) return {i, i + 1};
  }
  return {0, 0};
}

void print_microseconds(const char* what, std::uint32_t ticks, const char* rest) {
  print("  ");
  shell::print_left(what, 24);
  shell::print_right(ticks / (time::kTicksPerSecond / 1'000'000), 8);
  print(rest);
}

void print_worst(const SourceStatistics& source) {
  print("worst case, in microseconds:\n");
  print_microseconds("a block came late by", source.latest, " of 10000\n");
  print_microseconds("features of a frame", feature_statistics().slowest, " of 20000\n");
  print_microseconds("inference", recognizer_statistics().slowest, " of 1000000\n");
  print_microseconds("last sample to answer", recognizer_statistics().latest, "\n");
  print("at most ");
  print_decimal(source.deepest);
  print(" of 8 blocks waited in the queue\n");
}

// `busy` ticks of the core for `samples`. All instructions are taken to be simple.
void print_need(time::Ticks busy, std::uint32_t samples) {
  const std::uint64_t per_second = busy * kSampleRate / samples;
  const auto tenths = static_cast<std::uint32_t>(per_second * 1000 / time::kTicksPerSecond);
  const std::uint64_t instructions = per_second * core_speed / time::kTicksPerSecond;
  print("the core, at ");
  print_decimal((core_speed + 500'000) / 1'000'000);
  print(" million instructions a second, was busy ");
  shell::print_tenths(tenths);
  print(" % of the time: a second of audio takes ");
  shell::print_tenths(static_cast<std::uint32_t>(instructions / 100'000));
  print(" million\n");
}

void report(std::uint32_t clips, time::Ticks busy) {
  const kernel::MutexLock lock(shell::console_mutex);
  const SourceStatistics source = source_statistics();
  const std::uint32_t missing = feature_statistics().missing;  // at the other end of the queue
  print_decimal(recognizer_statistics().right);
  print(" of ");
  print_decimal(clips);
  print(" clips recognised, ");
  print_decimal(source.samples);
  print(" samples played, ");
  print_decimal(std::max(source.lost, missing * kBlockSamples));
  print(" lost\n");
  print_worst(source);
  print_need(busy + source.interrupt_time, source.samples);
}

void play_clips(shell::Arguments arguments) {
  const auto [first, end] = chosen(arguments);
  if (first == end) {
    const kernel::MutexLock lock(shell::console_mutex);
    for (const assets::Asset& clip : assets::kClips) {
      print(clip.name);
      print("\n");
    }
    return;
  }
  forget_feature_statistics();
  forget_recognizer_statistics();
  const time::Ticks begin = time::now();
  const time::Ticks idle = kernel::idle_time();
  play(first, end);
  const kernel::Deadline deadline = begin + (end - first + kPatience) * time::kTicksPerSecond;
  for (std::uint32_t i = first; i < end && wait_for_answer(deadline); ++i) {
  }
  report(end - first, time::now() - begin - (kernel::idle_time() - idle));
}

constexpr shell::Command kCommands[] = {
    {"play", "[CLIP]: plays all clips or this one, and says what was heard", play_clips, true}};

void serve(void* /*argument*/) {
  shell::serve(kCommands, {&arena.mutex, arena.bytes});
}

THIMBLE_STACK kernel::Stack<4096> feature_stack;
THIMBLE_STACK kernel::Stack<4096> recognizer_stack;
THIMBLE_STACK kernel::Stack<4096> shell_stack;
constinit kernel::Task feature_task;
constinit kernel::Task recognizer_task;
constinit kernel::Task shell_task;

constexpr kernel::TaskConfig kFeatures{
    .name = "features", .entry = make_features, .priority = 4, .stack = feature_stack};
constexpr kernel::TaskConfig kShell{
    .name = "shell", .entry = serve, .priority = 10, .stack = shell_stack};
constexpr kernel::TaskConfig kRecognizer{
    .name = "recognizer", .entry = recognize, .priority = 20, .stack = recognizer_stack};

constinit kernel::Heartbeat* const kHearts[] = {&heart};

}  // namespace
}  // namespace thimble::keyword

int thimble::kernel::main_task() {
  using namespace thimble::keyword;  // NOLINT(google-build-using-namespace): this application's
  print("Thimble listens for keywords; help lists what can be typed\n");
  core_speed = simple_instructions_per_second();
  feature_task.start(kFeatures);
  recognizer_task.start(kRecognizer);
  shell_task.start(kShell);
  supervise(kHearts, 20 * time::kTicksPerMillisecond);
  run_tasks();
}
