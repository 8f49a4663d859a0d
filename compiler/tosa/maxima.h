// Maxima of narrow integers, written so that IREE compiles them rightly.
#pragma once

#include "compiler/mlir/operation.h"

namespace thimble::tosa {

/// IREE 3.13's code for riscv32 loses the sign of narrow elements where a maximum or minimum goes
/// from one round of a loop to the next. Reductions and max-pools are made in 32 bits instead. The
/// result is the same by definition.
void widen_maxima(mlir::Operation& function);

}  // namespace thimble::tosa
