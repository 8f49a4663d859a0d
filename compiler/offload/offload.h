// Finds the layers of a TOSA program that microkernels compute, and takes them out of it: what
// stays is a call that carries only its buffers and its name.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/mlir/operation.h"
#include "compiler/offload/layer.h"

namespace thimble::offload {

struct Offloaded {
  std::vector<Layer> layers;
  std::vector<Refusal> refusals;  ///< what could have been a layer, but for its form
};

/// Replaces, in the one function of `module`, each operator with its rescale and clamp whose result
/// a microkernel computes exactly. Everything else stays. `model` prefixes the names of the calls.
[[nodiscard]] Result<Offloaded> offload(mlir::Module& module, const std::string& model, Goal goal);

}  // namespace thimble::offload
