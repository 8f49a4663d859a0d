// Memory protection of the safe kernel, by PMP (docs/kernel.md lists the entries). Machine mode, in
// which tasks run, obeys locked entries, and through mstatus.MPRV also unlocked ones: so one entry
// guards the stack of whichever task runs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/task_control.h"

namespace thimble::kernel {

/// Sets the entries up and tries each: a guard that does not trap is a panic. Interrupts must be
/// off, and init_interrupts() done. Calling it twice is a bug: entries stay locked until reset.
void init_protection();

/// Moves the guard to the lowest kStackGuardBytes of `task`'s stack; kernel's own use.
void guard_stack(const TaskControl& task);

}  // namespace thimble::kernel
