// Maxima of narrow integers, written so that IREE compiles them rightly.
#pragma once

#include "compiler/mlir/operation.h"

namespace thimble::tosa {

/// IREE 3.13's code for riscv32 loads narrow elements without their sign when it reduces a whole
/// dimension to its maximum or minimum. Such reductions are made in 32 bits instead, and so are the
/// dimensions that a max-pool's window covers whole, which IREE turns into the same reductions. The
/// result is the same by definition.
void widen_maxima(mlir::Operation& function);

}  // namespace thimble::tosa
