// Interrupts of devices by the PLIC: handlers are called, more urgent sources interrupt less urgent
// ones, others wait; a source that is disabled waits; tasks that handlers wake run after them. The
// sources: the console's UART, which interrupts while it has room to send, and another, more urgent
// one: a second UART, or the clock for the time of day, whose alarm goes off at once if it is set
// in the past.
#include "board.h"
#include "drivers/interrupt_controller.h"
#include "drivers/mmio.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/semaphore.h"
#include "kernel/timer.h"
#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

using interrupt_controller::Line;

namespace other {
constexpr bool kVirt = board::kUartInterrupt == 10;  // QEMU's virt machine, else its sifive_e
constexpr std::uint32_t kSource = kVirt ? 11 : 4;
using Word = Register<std::uint32_t>;
constexpr std::uintptr_t kClock = 0x0010'1000;
constexpr Word kAlarmLow{kClock + 0x08};
constexpr Word kAlarmHigh{kClock + 0x0c};
constexpr Word kEnable{kClock + 0x10};
constexpr Word kClear{kClock + 0x1c};
constexpr std::uintptr_t kSecondUart = 0x1002'3000;
constexpr Word kSendControl{kSecondUart + 0x08};
constexpr Word kInterruptEnable{kSecondUart + 0x10};

void raise() {
  if constexpr (kVirt) {
    kEnable.write(1);
    kAlarmHigh.write(0);
    kAlarmLow.write(1);
  } else {
    kSendControl.write(0x1'0001);
    kInterruptEnable.write(1);
  }
}
void withdraw() {
  if constexpr (kVirt) {
    kClear.write(1);
  } else {
    kInterruptEnable.write(0);
  }
}
}  // namespace other

constexpr time::Ticks kMs = time::kTicksPerMillisecond;

constinit TestTask<10> test;
constinit TestTask<5> urgent;
constinit Record record;
constinit Semaphore semaphore;
constinit void (*volatile in_uart_handler)() = nullptr;
constinit void (*volatile in_other_handler)() = nullptr;

void on_uart() {
  record.add('u');
  uart::enable({.received = false, .room = false});
  require(in_interrupt(), "a handler runs in an interrupt");
  if (in_uart_handler != nullptr) in_uart_handler();
  record.add('v');
}

void on_other() {
  record.add('c');
  other::withdraw();
  semaphore.give();
  if (in_other_handler != nullptr) in_other_handler();
  record.add('d');
}

constinit Line uart_line(board::kUartInterrupt, 2, on_uart);
constinit Line other_line(other::kSource, 3, on_other);

void raise_uart() {
  uart::enable({.received = false, .room = true});
}

void take(void*) {
  if (semaphore.take() == Status::kOk) record.add('t');
}

void forget() {
  while (semaphore.take(kNoWait) == Status::kOk) {
  }
}

void test_one_source() {
  raise_uart();
  record.expect("uv");
  other::raise();
  record.expect("cd");
  forget();
}

// The other one, raised by the UART's handler, interrupts it; the task that it wakes runs after
// both.
void test_more_urgent() {
  urgent.start(take);
  in_uart_handler = other::raise;
  raise_uart();
  in_uart_handler = nullptr;
  record.add('r');
  record.expect("ucdvtr");
  require(!in_interrupt(), "in a task");
}

// The UART, raised by the other's handler, waits until that is done.
void test_less_urgent() {
  urgent.start(take);
  in_other_handler = raise_uart;
  other::raise();
  in_other_handler = nullptr;
  record.add('r');
  record.expect("cduvtr");
}

void test_both_at_once() {
  {
    const InterruptLock lock;
    raise_uart();
    other::raise();
  }
  record.expect("cduv");  // the more urgent first
  forget();
}

void test_disabled() {
  uart_line.disable();
  raise_uart();
  record.expect("");
  other::raise();
  record.expect("cd");
  uart_line.enable();
  record.expect("uv");
}

// The core's timer interrupts handlers of devices, however urgent they are.
constinit volatile bool timer_was_here = false;
constinit Timer timer([](void*) {
  record.add('m');
  timer_was_here = true;
});
void wait_for_timer() {
  timer.start(time::now() + kMs / 10);
  while (!timer_was_here) {
  }
}

void test_timer() {
  in_uart_handler = wait_for_timer;
  raise_uart();
  in_uart_handler = nullptr;
  record.expect("umv");
}

void run(void*) {
  uart_line.enable();
  other_line.enable();
  test_one_source();
  test_more_urgent();
  test_less_urgent();
  test_both_at_once();
  test_disabled();
  test_timer();
  pass();
}

}  // namespace

int main_task() {
  test.start(run);
  run_tasks();
}

}  // namespace thimble::kernel
