// The activations of pools.
#pragma once

#include "compiler/mlir/operation.h"
#include "compiler/tflite/model.h"

namespace thimble::tosa {

/// The converter drops an activation that is fused into a quantized pool. Puts a clamp to the
/// reference's range behind each such pool in `function`.
void clamp_pools(mlir::Operation& function, const mlir::Module& module, const tflite::Model& model);

}  // namespace thimble::tosa
