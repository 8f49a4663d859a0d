// A watchdog for machines that have none, in the kernel's timer. It bites while interrupts are on:
// tasks that are stuck, not a kernel that is.
#include "drivers/watchdog.h"

#include "kernel/panic.h"
#include "kernel/timer.h"

namespace thimble::watchdog {
namespace {

constinit time::Ticks patience_of_all = 0;
constinit kernel::Timer bite([](void*) { kernel::panic("the watchdog was not fed"); });

}  // namespace

void start(time::Ticks patience) {
  patience_of_all = patience;
  feed();
}

void feed() {
  bite.start(time::now() + patience_of_all);
}

}  // namespace thimble::watchdog
