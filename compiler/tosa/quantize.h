// The exact form of QUANTIZE from float: divide, round half away from zero, saturate.
#pragma once

#include "compiler/mlir/operation.h"
#include "compiler/tflite/model.h"

namespace thimble::tosa {

/// The converter multiplies by a rounded reciprocal, rounds half to even and wraps where the
/// reference divides, rounds half away from zero and saturates. Replaces what it made of every
/// float32 QUANTIZE in `function`.
void quantize_like_the_reference(mlir::Operation& function, const mlir::Module& module,
                                 const tflite::Model& model);

}  // namespace thimble::tosa
