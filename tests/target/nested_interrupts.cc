// Interrupts within interrupts: a handler lets others in, is interrupted itself, and ends as if it
// had not been; tasks are switched once the outermost one is done.
#include "drivers/software_interrupt.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/semaphore.h"
#include "kernel/timer.h"
#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

constexpr time::Ticks kMs = time::kTicksPerMillisecond;

constinit TestTask<10> test;
constinit TestTask<5> high;
constinit Record record;
constinit Semaphore semaphore;
constinit volatile bool timer_was_here = false;

// The software interrupt, whose handler lets the timer's in, within which it comes again.
constinit volatile bool let_in_again = false;
constinit Timer timer([](void*) {
  record.add('t');
  timer_was_here = true;
  semaphore.give();
  if (!let_in_again) return;
  let_in_again = false;
  software_interrupt::raise();
  const NestedInterrupts nested;
  record.add('u');
});

void wait_for_timer() {
  timer_was_here = false;
  timer.start(time::now() + kMs / 10);
  const NestedInterrupts nested;
  while (!timer_was_here) {
  }
}

void handler() {
  software_interrupt::clear();
  record.add('s');
  if (timer_was_here) return;  // the innermost
  wait_for_timer();
  require(in_interrupt(), "still in the handler");
  record.add('e');
}

void take(void*) {
  if (semaphore.take() == Status::kOk) record.add('h');
}

// Registers that a handler may change, and those that it may not, outlive two levels of them.
void interrupted_within_a_loop() {
  std::uint32_t sum = 0;
  std::uint32_t again = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    if (i == 500) software_interrupt::raise();
    sum += i * i;
    asm volatile("" : "+r"(sum));  // computed, not known beforehand
    again += i;
  }
  require(sum == 332833500 && again == 499500, "the sums are right");
}

void run(void*) {
  set_handler(Interrupt::kSoftware, handler);
  for (int i = 0; i < 3; ++i) {
    high.start(take);
    timer_was_here = false;
    interrupted_within_a_loop();
    record.add('r');
    record.expect("stehr");  // the task that the timer woke runs after both
    require(!in_interrupt(), "in a task");
  }
  high.start(take);
  timer_was_here = false;
  let_in_again = true;
  interrupted_within_a_loop();
  record.expect("stsueh");  // three levels
  set_handler(Interrupt::kSoftware, nullptr);
  pass();
}

}  // namespace

int main_task() {
  test.start(run);
  run_tasks();
}

}  // namespace thimble::kernel
