// Finds the layers of a TOSA program that microkernels compute, and takes them out of it: what
// stays is a call that carries only its buffers and its name.
#pragma once

#include <string>
#include <vector>

#include "compiler/mlir/operation.h"
#include "compiler/offload/layer.h"

namespace thimble::offload {

/// Replaces, in the one function of `module`, each convolution with its rescale and clamp whose
/// result a microkernel computes exactly. Everything else stays. `model` prefixes the names of the
/// calls.
[[nodiscard]] std::vector<Layer> offload(mlir::Module& module, const std::string& model);

}  // namespace thimble::offload
