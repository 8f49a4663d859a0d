// See profile.h. The runtime itself is measured, unchanged: once over a plan that holds only this
// step, and once over one whose step does nothing. The difference is what the step does.
#include "apps/inference/profile.h"

#include "apps/inference/feed.h"
#include "apps/inference/protocol.h"
#include "kernel/counters.h"
#include "runtime/model.h"
#include "runtime/runtime.h"

namespace thimble::inference {
namespace {

// Stands for a microkernel or a dispatch: 0 is a dispatch's success.
int do_nothing() {
  return 0;
}

struct Counted {
  std::uint32_t instructions;
  bool done;
};

[[gnu::noinline]] Counted count(const runtime::Plan& plan) {
  const std::uint64_t start = kernel::instructions_retired();
  const runtime::Status status = runtime::run(plan, kModel.arena);
  return {static_cast<std::uint32_t>(kernel::instructions_retired() - start), status.ok()};
}

// What the stages of the stream that ran last retired, their calls taken together.
struct Stages {
  std::uint32_t first = 0;  // step
  std::uint32_t count = 0;
  std::uint32_t instructions[runtime::kMostStages] = {};
  std::uint64_t last = 0;  // count of instructions when the call before had ended
  std::uint32_t hook = 0;  // instructions that the hook adds to each call
};
constinit Stages stages;

}  // namespace

// Each call's instructions are counted from the end of the hook before it.
bool count_call(void* /*context*/, std::uint32_t step) {
  const std::uint64_t now = kernel::instructions_retired();
  stages.instructions[step - stages.first] +=
      static_cast<std::uint32_t>(now - stages.last) - stages.hook;
  stages.last = kernel::instructions_retired();
  return true;
}

void begin_counting(std::uint32_t number) {
  const runtime::StepHook volatile hook = count_call;  // called as the runtime does
  stages = {};
  stages.first = number + 1;
  stages.count = kModel.plan->steps[number].workgroups[0];
  constexpr std::uint32_t kPassing = 6;  // of arguments, for what the runtime does around a call
  hook(nullptr, stages.first);
  stages.instructions[0] = 0;
  hook(nullptr, stages.first);
  stages.hook = stages.instructions[0] + kPassing;
  stages.instructions[0] = 0;
  go_on_counting();
}

void go_on_counting() {
  stages.last = kernel::instructions_retired();
}

namespace {

// Returns whether all went well.
bool run_stream(std::uint32_t number) {
  begin_counting(number);
  return runtime::thimble_run_stream(kModel.plan, number, kModel.arena.data(), count_call,
                                     nullptr) == 0;
}

}  // namespace

std::uint32_t run_step(std::uint32_t number) {
  if (number - stages.first < stages.count) return stages.instructions[number - stages.first];
  runtime::Step step = kModel.plan->steps[number];
  if (kIsFed && number == 0) return 0;  // its stages were counted as their rows came
  if (step.kind == runtime::StepKind::kStream)
    return run_stream(number) ? 0 : protocol::kStepFailed;
  runtime::Plan plan = *kModel.plan;
  plan.steps = &step;
  plan.step_count = 1;
  const Counted real = count(plan);
  if (!real.done) return protocol::kStepFailed;
  if (step.function == nullptr) {
    plan.step_count = 0;
  } else {
    step.function = reinterpret_cast<const void*>(do_nothing);
  }
  return real.instructions - count(plan).instructions;
}

}  // namespace thimble::inference
