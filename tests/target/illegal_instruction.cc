// An illegal instruction ends in a full report: cause, place and registers.
#include "kernel/main_task.h"

int thimble::kernel::main_task() {
  // Safety: never returns; the registers are for the report.
  asm volatile(
      "li s2, 0x12345678\n"
      "li t6, 0x0badcafe\n"
      ".globl faulting_instruction\n"
      "faulting_instruction: .word 0\n" ::
          : "s2", "t6");
  return 0;
}
