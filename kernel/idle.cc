// What runs when nothing else does: the main context, asleep until an interrupt.
#include "kernel/arch/riscv/cpu.h"
#include "kernel/arch/riscv/protection.h"
#include "kernel/schedule.h"
#include "kernel/task.h"

namespace thimble::kernel {

void run_tasks() {
  init_interrupts();
  if constexpr (kSafe) init_protection();
  finish(interrupts_off());
  while (true) wait_for_interrupt();
}

}  // namespace thimble::kernel
