// Steps whose result is known before anything runs are executed on the host.
#pragma once

#include "compiler/iree/trace.h"

namespace thimble::iree {

/// Executes the fills and copies of the steps so far whose targets no dispatch touches; such
/// buffers become constants. A dispatch at start-up stays a step, and so does everything that its
/// buffers need.
void fold_constants(Trace& trace);

}  // namespace thimble::iree
