// Time, from the timer driver.
#include "kernel/time.h"

#include "drivers/timer.h"
#include "kernel/arch/riscv/cpu.h"

namespace thimble::time {

Ticks now() {
  return timer::now();
}

void sleep_until(Ticks deadline) {
  timer::set_deadline(deadline);
  while (now() < deadline) kernel::wait_for_timer();
}

}  // namespace thimble::time
