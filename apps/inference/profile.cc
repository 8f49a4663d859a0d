// See profile.h. The runtime itself is measured, unchanged: once over a plan that holds only this
// step, and once over one whose step does nothing. The difference is what the step does.
#include "apps/inference/profile.h"

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

}  // namespace

std::uint32_t run_step(std::uint32_t number) {
  runtime::Step step = kModel.plan->steps[number];
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
