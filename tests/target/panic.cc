// A requirement that does not hold ends the program with its place and its words.
#include "kernel/panic.h"

#include "kernel/main_task.h"
#include "kernel/stack.h"

int thimble::kernel::main_task() {
  require(main_stack().size > 0, "there is a stack");
  require(main_stack().size == 0, "there is no stack");
  return 0;
}
