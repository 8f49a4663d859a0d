// thimble bench kernel: what the kernel's operations cost, in instructions.
#pragma once

#include "compiler/cli/verbs.h"

namespace thimble::cli {

/// Builds apps/kernel-benchmark with the lean and with the safe kernel, runs both in the simulator,
/// prints their figures beside those of other kernels. With `write`, they are kept in
/// benchmarks/kernel.json.
[[nodiscard]] Result<Outcome> bench_kernel(bool write);

}  // namespace thimble::cli
