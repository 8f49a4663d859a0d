// What a fault's report says beyond registers: who ran, and how it came there.
#pragma once

#include <cstdint>

namespace thimble::kernel {

/// Where it happened.
struct FaultPlace {
  std::uintptr_t instruction;
  std::uintptr_t return_address;
  std::uintptr_t stack_pointer;
  std::uintptr_t address;  ///< that was accessed
  bool user = false;       ///< in user mode
};

/// Prints the task, if any, its stack's use and a backtrace, each line marked FAULT:. Whether there
/// was a task. For the safe kernel's reports.
bool report_context(const FaultPlace& place);

/// The end of every report: resets or ends the program, as configured.
[[noreturn]] void end_in_fault();

}  // namespace thimble::kernel
