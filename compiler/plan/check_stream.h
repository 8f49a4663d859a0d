// Proof that a stream of a plan is right about memory.
#pragma once

#include <cstddef>

#include "compiler/base/result.h"
#include "compiler/plan/arena_contents.h"

namespace thimble::plan {

/// Follows the ops of the stream that is the plan's step `number` as the runtime does, with its
/// stages behind it, and leaves the arena as they do. What a call writes may only be where it reads
/// if the microkernel's order says so. Fails like check().
[[nodiscard]] Status check_stream(const Plan& plan, std::size_t number, ArenaContents& contents);

}  // namespace thimble::plan
