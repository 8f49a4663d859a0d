// Which user mode there is, for the reports of faults.
#pragma once

#include "kernel/user.h"

namespace thimble::kernel {

/// The one that runs or ran last; nullptr before any did.
[[nodiscard]] const UserConfig* opened_user();

}  // namespace thimble::kernel
