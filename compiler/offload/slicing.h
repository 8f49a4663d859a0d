// Slices become part of the convolutions and pools that read them. Internal to offload.
#pragma once

#include "compiler/mlir/operation.h"

namespace thimble::offload {

/// Lets each convolution and pool in `block` read the whole tensor where a slice only cuts off what
/// its windows don't reach anyway. Slices that nobody else wants are left without users.
void absorb_slices(mlir::Block& block);

}  // namespace thimble::offload
