// Workloads after those of Thread-Metric, the test suite of RTOSes: each round makes the kernel do
// what applications do all the time, and keeps count.
#pragma once

namespace thimble::kernel {

/// Runs each for a while, checks that all its tasks did their share, and prints a line: "workload
/// NAME INSTRUCTIONS", rounded, of a round. For a task of priority 10 that nobody else shares.
void run_workloads();

}  // namespace thimble::kernel
