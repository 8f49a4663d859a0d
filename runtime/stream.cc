// Streams (plan.h): the order of calls and slides was worked out by the compiler, here it is
// followed. Linked only if a plan has one.
#include "runtime/stream_walk.h"

namespace thimble::runtime {

extern "C" std::uint32_t thimble_run_stream(const Plan* plan, std::uint32_t number,
                                            std::byte* arena, StepHook hook, void* context) {
  const Step& step = plan->steps[number];
  const auto& stream = *static_cast<const Stream*>(step.detail);
  StreamWalk walk(step, arena);
  walk.begin(step);
  const std::uint8_t* const end = stream.ops + stream.op_bytes;
  for (const std::uint8_t* op = stream.ops; op != end; ++op) {
    std::uint32_t stage = *op;
    if (stage < kSlide) {
      walk.call(stage);
    } else {
      op += 2;
      if (stage != kCallRows) {
        walk.slide(stage - kSlide, op[-1], op[0]);
        continue;
      }
      stage = op[-1];
      walk.call(stage, op[0]);
    }
    stage += number + 1;
    if (hook != nullptr && !hook(context, stage))
      return Status::at(StatusCode::kCancelled, stage).value;
  }
  return 0;
}

}  // namespace thimble::runtime
