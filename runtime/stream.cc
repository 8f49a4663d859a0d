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
    if (*op >= kSlide) {
      walk.slide(*op - kSlide, op[1], op[2]);
      op += 2;
      continue;
    }
    walk.call(*op);
    const std::uint32_t stage = number + 1 + *op;
    if (hook != nullptr && !hook(context, stage))
      return Status::at(StatusCode::kCancelled, stage).value;
  }
  return 0;
}

}  // namespace thimble::runtime
