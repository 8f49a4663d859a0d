// Inference in tasks: cancelled, with a deadline, alive in the eyes of the supervisor however long
// it takes; two tasks share an arena, interrupts and others preempt them, and every answer is
// right.
#include "kernel/supervisor.h"
#include "kernel/timer.h"
#include "runtime/model.h"
#include "runtime/tasks/inference.h"
#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

constexpr time::Ticks kMs = time::kTicksPerMillisecond;

constinit TestTask<2> test;
constinit TestTask<5> busy;
constinit TestTask<20> first;
constinit TestTask<20> second;

constinit Heartbeat heart("inference", kMs);
constinit Heartbeat* const kHearts[] = {&heart};
constinit runtime::Inference inference(&heart);
constinit runtime::SharedArena<192> arena;
constinit volatile std::uint32_t runs[2];

void set_input(std::uint32_t seed) {
  for (std::uint32_t i = 0; i < 16; ++i) {
    arena.bytes[kModel.inputs[0].offset + i] = static_cast<std::byte>(i + seed);
  }
}

void check_output(std::uint32_t seed) {
  const std::byte* const scaled = &arena.bytes[kModel.outputs[0].offset];
  for (std::uint32_t i = 0; i < 16; ++i) {
    require(scaled[i] == static_cast<std::byte>(2 * (i + seed)), "the answer is right");
  }
}

// Runs until one run ends otherwise than well.
void run_until_ended(void* result) {
  const MutexLock lock(arena.mutex);
  auto& status = *static_cast<runtime::Status*>(result);
  do {
    set_input(1);
    status = inference.run(*kModel.plan, arena.bytes);
  } while (status.ok());
}

void test_cancel() {
  static constinit runtime::Status status;
  first.start(run_until_ended, &status);
  sleep(20 * kMs);
  require(!first.stopped() && status.ok(), "it goes on");
  for (int i = 0; i < 10 && !first.stopped(); ++i) {  // it may be between two runs
    inference.cancel();
    sleep(kMs / 10);
  }
  require(first.stopped() && status.code() == runtime::StatusCode::kCancelled, "cancelled");
}

void test_deadline() {
  const MutexLock lock(arena.mutex);
  set_input(2);
  require(inference.run(*kModel.plan, arena.bytes, time::now() + kMs).ok(), "in time");
  check_output(2);
  set_input(2);
  const runtime::Status status = inference.run(*kModel.plan, arena.bytes, time::now());
  require(status.code() == runtime::StatusCode::kCancelled, "too late");
}

// A step of a long model: takes half of what may lie between two heartbeats.
void take_time(const void*, std::byte* const*, std::uint32_t, std::uint32_t) {
  const time::Ticks end = time::now() + kMs / 2;
  while (time::now() < end) {
  }
}

constexpr std::uint32_t kLongSteps = 20;
constinit runtime::Step long_steps[kLongSteps] = {};

// Ten times as long as heartbeats may lie apart, in one call.
void test_long() {
  for (runtime::Step& step : long_steps) {
    step.kind = runtime::StepKind::kMicrokernel;
    step.workgroups[0] = 1;
    step.function = reinterpret_cast<const void*>(take_time);
  }
  const runtime::Plan plan{long_steps, kLongSteps, 64, 0, 0};
  const time::Ticks start = time::now();
  require(inference.run(plan, arena.bytes).ok(), "it runs to its end");
  require(time::now() - start >= 10 * kMs, "it took its time");
}

void infer_forever(void* which) {
  const auto index = reinterpret_cast<std::uintptr_t>(which);
  runtime::Inference own;
  while (true) {
    const std::uint32_t seed = runs[index] + 100 * index;
    const MutexLock lock(arena.mutex);
    set_input(seed);
    require(own.run(*kModel.plan, arena.bytes).ok(), "it runs");
    check_output(seed);
    runs[index] = runs[index] + 1;
  }
}

// Both use the same arena in turn, and are stopped anywhere.
void test_sharing() {
  first.start(infer_forever, reinterpret_cast<void*>(0));
  second.start(infer_forever, reinterpret_cast<void*>(1));
  busy.start([](void*) {
    for (time::Ticks pause = 1;; pause = pause * 7 % 1009) sleep(pause);
  });
  sleep(100 * kMs);
  require(runs[0] > 100 && runs[1] > 100, "both get their turns");
}

void run(void*) {
  supervise(kHearts, kMs);
  test_cancel();
  test_deadline();
  test_long();
  test_sharing();
  pass();
}

}  // namespace

int main_task() {
  test.start(run);
  run_tasks();
}

}  // namespace thimble::kernel
