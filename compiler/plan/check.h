// Proof that a plan is right about memory: the life of every byte of its arena, step by step.
#pragma once

#include "compiler/base/result.h"
#include "compiler/plan/plan.h"

namespace thimble::plan {

/// Follows which byte of which tensor each byte of the arena holds. Fails, with kToolFailed and the
/// step and tensors, if something is read that has been overwritten: by an earlier step, or by the
/// reading microkernel itself, which reads and writes in the order that its layer tells.
[[nodiscard]] Status check(const Plan& plan);

}  // namespace thimble::plan
