// See trace_steps.h.
#include "compiler/plan/trace_steps.h"

#include <algorithm>
#include <variant>

namespace thimble::plan {
namespace {

constexpr std::size_t kMostBindings = 32;         // bits in Step::arena_bindings
constexpr std::uint32_t kMostWorkgroups = 65535;  // Step::workgroups are 16 bits
constexpr std::size_t kMostConstants = 255;

}  // namespace

void copy_constant_outputs(iree::Trace& trace) {
  for (iree::Range& output : trace.outputs) {
    if (trace.buffers[static_cast<std::size_t>(output.buffer)].kind != iree::BufferKind::kConstant)
      continue;
    trace.buffers.push_back({iree::BufferKind::kWorking, output.length, -1, {}});
    const iree::Range target{static_cast<int>(trace.buffers.size()) - 1, 0, output.length};
    trace.steps.push_back(iree::CopyStep{target, output});
    output = target;
  }
}

Result<Step> make_step(const iree::Step& step) {
  Step result;
  if (const auto* dispatch = std::get_if<iree::DispatchStep>(&step)) {
    result.kind = StepKind::kDispatch;
    result.function = dispatch->function;
    result.workgroups = dispatch->workgroups;
    result.constants = dispatch->constants;
    if (dispatch->bindings.size() > kMostBindings || dispatch->constants.size() > kMostConstants ||
        std::ranges::max(dispatch->workgroups) > kMostWorkgroups) {
      return fail(ExitCode::kBadModel,
                  "dispatch {} has {} bindings, {} constants and {} workgroups; at most {}, {} and "
                  "{} can be run",
                  dispatch->function, dispatch->bindings.size(), dispatch->constants.size(),
                  std::ranges::max(dispatch->workgroups), kMostBindings, kMostConstants,
                  kMostWorkgroups);
    }
  } else if (const auto* fill = std::get_if<iree::FillStep>(&step)) {
    result.kind = StepKind::kFill;
    result.pattern = static_cast<std::uint32_t>(fill->pattern);
    result.pattern_length = fill->pattern_length;
    if (fill->pattern_length > 4) {
      // The runtime repeats at most a word: a longer pattern must be one that repeats itself.
      if (static_cast<std::uint32_t>(fill->pattern >> 32) != result.pattern) {
        return fail(ExitCode::kBadModel, "a fill with a pattern of {} bytes cannot be run",
                    fill->pattern_length);
      }
      result.pattern_length = 4;
    }
  } else {
    result.kind = StepKind::kCopy;
  }
  return result;
}

}  // namespace thimble::plan
