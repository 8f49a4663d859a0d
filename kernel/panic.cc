// Panic: where, why, and out.
#include "kernel/panic.h"

#include "drivers/exit.h"
#include "drivers/uart.h"
#include "kernel/print.h"

namespace thimble::kernel {

void panic(const char* message, const char* file, unsigned line) {
  print("\nFAULT: ");
  print(file);
  print(":");
  print_decimal(line);
  print(": ");
  print(message);
  print("\nFAULT: end\n");
  uart::flush();
  exit_program(1);
}

}  // namespace thimble::kernel
