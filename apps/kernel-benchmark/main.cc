// Measures what the kernel's operations cost, in instructions: `./thimble bench kernel`. Each
// figure is measured 30 times; the least and the most are printed.
#include <algorithm>
#include <cstdint>

#include "apps/kernel-benchmark/workloads.h"
#include "drivers/exit.h"
#include "drivers/software_interrupt.h"
#include "drivers/uart.h"
#include "kernel/arch/riscv/counters.h"
#include "kernel/config.h"
#include "kernel/mutex.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/queue.h"
#include "kernel/semaphore.h"
#include "kernel/task.h"
#include "kernel/timer.h"

namespace thimble::kernel {
namespace {

constexpr int kRepetitions = 30;
constexpr time::Ticks kTimerTicks = 100;

// The least and the most of many measurements.
class Figure {
 public:
  explicit Figure(const char* name) : name_(name) {}

  // Between two readings that follow each other there is one instruction: not ours.
  void add(std::uint32_t start, std::uint32_t end) {
    least_ = std::min(least_, end - start - 1);
    most_ = std::max(most_, end - start - 1);
  }

  void print_line() const {
    print(name_);
    print(" ");
    print_decimal(least_);
    print(" ");
    print_decimal(most_);
    print("\n");
  }

 private:
  const char* name_;
  std::uint32_t least_ = UINT32_MAX;
  std::uint32_t most_ = 0;
};

THIMBLE_STACK Stack<1024> high_stack;
THIMBLE_STACK Stack<1024> low_stack;
THIMBLE_STACK Stack<1024> peer_stack;
constinit Task high;
constinit Task low;
constinit Task peer;

// What the two sides of a measurement share: one reads the counter before, one after.
constinit Semaphore semaphore;
constinit Mutex mutex;
constinit Queue<std::uint32_t, 1> queue;  // the ring's end at each message: the worst case
constinit std::uint32_t start_count;
constinit std::uint32_t end_count;

void take_repeatedly(void*) {
  while (semaphore.take() == Status::kOk) end_count = count();
}

void receive_repeatedly(void*) {
  std::uint32_t message;
  while (queue.receive(message) == Status::kOk) end_count = count();
}

void yield_repeatedly(void*) {
  while (true) {
    end_count = count();
    yield();
  }
}

constexpr TaskConfig kTaker{
    .name = "taker", .entry = take_repeatedly, .priority = 5, .stack = high_stack};
constexpr TaskConfig kReceiver{
    .name = "receiver", .entry = receive_repeatedly, .priority = 5, .stack = high_stack};
constexpr TaskConfig kPeer{
    .name = "peer", .entry = yield_repeatedly, .priority = 10, .stack = peer_stack};

template <typename Measure>
void repeat(const char* name, Measure measure) {
  measure();  // what happens the first time only is not meant
  Figure figure(name);
  for (int i = 0; i < kRepetitions; ++i) {
    measure();
    figure.add(start_count, end_count);
  }
  figure.print_line();
}

void measure_tasks() {
  peer.start(kPeer);
  repeat("yield", [] {
    start_count = count();
    yield();
  });
  peer.stop();

  high.start(kTaker);
  repeat("give_take", [] {
    start_count = count();
    semaphore.give();
  });
  set_handler(Interrupt::kSoftware, [] {
    software_interrupt::clear();
    semaphore.give();
  });
  repeat("irq_task", [] {
    start_count = count();
    software_interrupt::raise();
  });
  high.stop();

  high.start(kReceiver);
  repeat("queue_send_wake", [] {
    const std::uint32_t message = 7;
    start_count = count();
    static_cast<void>(queue.send(message));
  });
  high.stop();
}

void measure_calls() {
  repeat("mutex_lock", [] {
    start_count = count();
    static_cast<void>(mutex.lock());
    end_count = count();
    mutex.unlock();
  });
  repeat("mutex_unlock", [] {
    static_cast<void>(mutex.lock());
    start_count = count();
    mutex.unlock();
    end_count = count();
  });
  repeat("queue_send", [] {
    std::uint32_t message = 7;
    start_count = count();
    static_cast<void>(queue.send(message));
    end_count = count();
    static_cast<void>(queue.receive(message));
  });
  repeat("queue_receive", [] {
    std::uint32_t message = 7;
    static_cast<void>(queue.send(message));
    start_count = count();
    static_cast<void>(queue.receive(message));
    end_count = count();
  });
}

// An interrupt of the timer that calls a function that does nothing; and the tick, which there is
// not: what comes in between while a task runs for several milliseconds.
void measure_timer() {
  static constinit Timer timer([](void*) {});
  repeat("timer", [] {
    timer.start(time::now() + kTimerTicks);
    start_count = 0;
    end_count = count_interruption() + 1;
  });
  sleep(50 * time::kTicksPerMillisecond);  // until no time slice is left of tasks that shared a level
  repeat("tick", [] {
    constexpr std::uint32_t kRounds = 1'000'000;
    start_count = 0;
    end_count = count_disturbance(kRounds) + 1;
  });
}

// Never called. What stands here is linked, so that the size of the kernel is that of all that
// tasks, semaphores, mutexes, queues and timers can do.
void use_everything(void*) {
  static constinit Timer timer([](void*) {});
  std::uint32_t message = 0;
  const Deadline soon = time::now() + 1;
  low.suspend();
  low.resume();
  low.cancel_wait();
  low.set_priority(Priority(3));
  sleep(1);
  sleep_until(soon);
  semaphore.cancel_all();
  static_cast<void>(semaphore.take(soon));
  mutex.cancel_all();
  static_cast<void>(mutex.lock(soon));
  queue.cancel_all();
  static_cast<void>(queue.send(message, soon));
  static_cast<void>(queue.receive(message, soon));
  static_cast<void>(queue.claim(soon));
  queue.commit(1);
  static_cast<void>(queue.peek(soon));
  queue.release(1);
  timer.start(soon, 1);
  timer.stop();
}

void print_size(const char* name, std::size_t bytes) {
  print(name);
  print(" ");
  print_decimal(bytes);
  print("\n");
}

void measure(void*) {
  measure_tasks();
  measure_calls();
  measure_timer();
  print_size("tcb", sizeof(Task));
  print_size("semaphore", sizeof(Semaphore));
  print_size("mutex", sizeof(Mutex));
  run_workloads();
  if (low.stopped()) use_everything(nullptr);  // it is not: this is it
  print("BENCHMARK DONE\n");
  uart::flush();
  exit_program(0);
}

constexpr TaskConfig kMeasure{
    .name = "measure", .entry = measure, .priority = 10, .stack = low_stack};

}  // namespace

int main_task() {
  low.start(kMeasure);
  run_tasks();
}

}  // namespace thimble::kernel
