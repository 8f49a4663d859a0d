// Padding becomes part of the convolutions that read it. Internal to offload.
#pragma once

#include "compiler/mlir/operation.h"

namespace thimble::offload {

/// Lets each convolution in `block` read the tensor inside the padding, if what was padded with is
/// what the convolution reads beyond borders anyway. Padding that nobody else reads is left without
/// users.
void absorb_padding(mlir::Block& block);

}  // namespace thimble::offload
