// A load from where nothing is ends in a report that names the address.
#include "kernel/main_task.h"

int thimble::kernel::main_task() {
  // Safety: never returns.
  asm volatile(
      "li s2, 0x12345678\n"
      "li a0, 0xf0000010\n"
      ".globl faulting_instruction\n"
      "faulting_instruction: lw a0, 4(a0)\n" ::
          : "s2", "a0");
  return 0;
}
