// Takes channels out of a program that do not matter: those that are the same number for every
// input, which become part of the next biases, and those that nothing uses. Exact.
#pragma once

#include <map>
#include <string>

#include "compiler/mlir/operation.h"

namespace thimble::offload {

/// Rewrites the operations of a straight-line TOSA function; its arguments and what it returns keep
/// all channels. Returns how many channels each value has lost, without those that have lost none.
[[nodiscard]] std::map<std::string, int> remove_dead_channels(mlir::Block& function);

}  // namespace thimble::offload
