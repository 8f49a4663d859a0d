// A misaligned load ends in a report. Ordinary ones QEMU completes; a reserved load it does not.
#include "kernel/main_task.h"

int thimble::kernel::main_task() {
  // Safety: never returns.
  asm volatile(
      "li s2, 0x12345678\n"
      "la a0, _start + 2\n"
      ".option push\n"
      ".option arch, +a\n"
      ".globl faulting_instruction\n"
      "faulting_instruction: lr.w a0, (a0)\n"
      ".option pop\n" ::
          : "s2", "a0");
  return 0;
}
