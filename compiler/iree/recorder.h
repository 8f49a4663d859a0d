// Turns a compiled module into a trace: runs its start-up and its entry function in the VM, with a
// hardware abstraction layer that records commands instead of executing them.
#pragma once

#include <string>
#include <vector>

#include "compiler/iree/module.h"
#include "compiler/iree/trace.h"

namespace thimble::iree {

/// Traces `entry` of `module`, whose inputs have `input_bytes` bytes each. Buffers that start-up
/// only fills and copies are executed here and become constants. Control flow that depends on data
/// and imports that are not known are refused by name (kBadModel).
[[nodiscard]] Result<Trace> record(const BytecodeModule& module, const std::string& entry,
                                   const std::vector<std::uint64_t>& input_bytes);

}  // namespace thimble::iree
