// The steps of a trace as a plan has them, but for their places in memory.
#pragma once

#include "compiler/base/result.h"
#include "compiler/iree/trace.h"
#include "compiler/plan/plan.h"

namespace thimble::plan {

/// Adds steps that bring outputs which are constants of the model into buffers of their own: all
/// outputs of a plan are in the arena.
void copy_constant_outputs(iree::Trace& trace);

/// The plan's step for one of the trace, without bindings. kBadModel if the runtime's tables cannot
/// hold it.
[[nodiscard]] Result<Step> make_step(const iree::Step& step);

}  // namespace thimble::plan
