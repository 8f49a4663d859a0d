// Panic: where, why, and out.
#include "kernel/panic.h"

#include "kernel/arch/riscv/fault_context.h"
#include "kernel/config.h"
#include "kernel/fault_log.h"
#include "kernel/print.h"

namespace thimble::kernel {

void panic(const char* message, const char* file, unsigned line) {
  if constexpr (kSafe) fault_log::open();
  print("\nFAULT: ");
  print(file);
  print(":");
  print_decimal(line);
  print(": ");
  print(message);
  print("\n");
  if constexpr (kSafe) {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
    const auto frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    report_context({here, 0, frame, UINTPTR_MAX});
  }
  end_in_fault();
}

}  // namespace thimble::kernel
