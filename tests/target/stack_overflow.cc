// A stack pointer that left memory still ends in a report, and the report says so.
#include "kernel/main_task.h"

int thimble::kernel::main_task() {
  // Safety: never returns; the stack pointer is lost on purpose.
  asm volatile(
      "li s2, 0x12345678\n"
      "li sp, 0x00000040\n"
      ".globl faulting_instruction\n"
      "faulting_instruction: sw ra, 12(sp)\n" ::
          : "s2");
  return 0;
}
