// See workloads.h.
#include "apps/kernel-benchmark/workloads.h"

#include <algorithm>
#include <cstdint>

#include "drivers/software_interrupt.h"
#include "kernel/arch/riscv/counters.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/config.h"
#include "kernel/panic.h"
#include "kernel/pool.h"
#include "kernel/print.h"
#include "kernel/queue.h"
#include "kernel/semaphore.h"
#include "kernel/task.h"

namespace thimble::kernel {
namespace {

constexpr time::Ticks kDuration = 5 * time::kTicksPerMillisecond;
static_assert(kTimeSliceMicroseconds == 0 || kTimeSliceMicroseconds > 5000,
              "who gives way is not also made to");
constexpr unsigned kTasks = 5;

struct Message {
  std::uint32_t words[4];
};

THIMBLE_STACK Stack<512> stacks[kTasks];
constinit Task tasks[kTasks];
constinit volatile std::uint32_t rounds[kTasks];
constinit Semaphore semaphore;
constinit Queue<Message, 10> queue;
constinit Pool<128, 20> pool;

unsigned index_of(const void* argument) {
  return static_cast<unsigned>(static_cast<const volatile std::uint32_t*>(argument) - rounds);
}

void count_round(const void* argument) {
  const unsigned index = index_of(argument);
  rounds[index] = rounds[index] + 1;
}

constexpr TaskConfig config(unsigned index, void (*entry)(void*), Priority priority) {
  return {.name = "workload",
          .entry = entry,
          .argument = const_cast<std::uint32_t*>(&rounds[index]),
          .priority = priority,
          .stack = stacks[index]};
}

// Lets the tasks that were started run for kDuration, stops them. A round is one of each task: none
// may be ahead of another by more than one.
void measure(const char* name) {
  const std::uint32_t start = count();
  sleep(kDuration);
  const std::uint32_t instructions = count() - start;
  for (Task& task : tasks) task.stop();
  set_handler(Interrupt::kSoftware, nullptr);
  std::uint32_t least = UINT32_MAX;
  std::uint32_t most = 0;
  for (volatile std::uint32_t& of_task : rounds) {
    const std::uint32_t done = of_task;
    if (done == 0) continue;
    least = std::min(least, done);
    most = std::max(most, done);
    of_task = 0;
  }
  require(most != 0 && most - least <= 1, "all tasks of a workload do the same");
  print("workload ");
  print(name);
  print(" ");
  print_decimal((instructions + most / 2) / most);
  print("\n");
}

// Five tasks of one priority give way to each other.
void cooperate(void* argument) {
  while (true) {
    count_round(argument);
    yield();
  }
}

// Five priorities: each resumes the next more urgent one, which runs at once, and suspends itself.
void preempt(void* argument) {
  const unsigned index = index_of(argument);
  while (true) {
    if (index + 1 < kTasks) tasks[index + 1].resume();
    count_round(argument);
    if (index != 0) tasks[index].suspend();
  }
}

// A task raises an interrupt whose handler gives what it then takes.
void be_interrupted(void* argument) {
  while (true) {
    software_interrupt::raise();
    require(semaphore.take(kNoWait) == Status::kOk, "the interrupt has given");
    count_round(argument);
  }
}

// The interrupt's handler resumes a more urgent task, which suspends itself again.
void be_preempted(void* argument) {
  while (true) {
    software_interrupt::raise();
    count_round(argument);
  }
}
void be_resumed(void* argument) {
  while (true) {
    count_round(argument);
    tasks[index_of(argument)].suspend();
  }
}

// One task sends and receives four words.
void pass_messages(void* argument) {
  Message message{{1, 2, 3, 4}};
  while (true) {
    require(queue.send(message, kNoWait) == Status::kOk, "room");
    require(queue.receive(message, kNoWait) == Status::kOk, "a message");
    count_round(argument);
  }
}

void synchronise(void* argument) {
  semaphore.give();
  while (true) {
    require(semaphore.take(kNoWait) == Status::kOk, "free");
    semaphore.give();
    count_round(argument);
  }
}

void allocate(void* argument) {
  while (true) {
    void* const block = pool.take(kNoWait);
    require(block != nullptr, "a block");
    pool.give(block);
    count_round(argument);
  }
}

constexpr Priority kEqual(15);
constexpr TaskConfig kCooperating[] = {config(0, cooperate, kEqual), config(1, cooperate, kEqual),
                                       config(2, cooperate, kEqual), config(3, cooperate, kEqual),
                                       config(4, cooperate, kEqual)};
constexpr TaskConfig kPreempting[] = {config(0, preempt, 19), config(1, preempt, 18),
                                      config(2, preempt, 17), config(3, preempt, 16),
                                      config(4, preempt, 15)};
constexpr TaskConfig kInterrupted = config(0, be_interrupted, kEqual);
constexpr TaskConfig kPreempted = config(0, be_preempted, 16);
constexpr TaskConfig kResumed = config(1, be_resumed, 15);
constexpr TaskConfig kPassing = config(0, pass_messages, kEqual);
constexpr TaskConfig kSynchronising = config(0, synchronise, kEqual);
constexpr TaskConfig kAllocating = config(0, allocate, kEqual);

void measure_one(const char* name, const TaskConfig& task) {
  tasks[0].start(task);
  measure(name);
}

}  // namespace

void run_workloads() {
  for (unsigned i = 0; i < kTasks; ++i) tasks[i].start(kCooperating[i]);
  measure("cooperative");

  for (unsigned i = 0; i < kTasks; ++i) {
    tasks[i].start(kPreempting[i]);
    if (i != 0) tasks[i].suspend();
  }
  measure("preemptive");

  set_handler(Interrupt::kSoftware, [] {
    software_interrupt::clear();
    semaphore.give();
  });
  measure_one("interrupt", kInterrupted);

  set_handler(Interrupt::kSoftware, [] {
    software_interrupt::clear();
    tasks[1].resume();
  });
  tasks[1].start(kResumed);
  tasks[1].suspend();
  measure_one("interrupt_preemption", kPreempted);

  measure_one("message", kPassing);
  static_cast<void>(semaphore.take(kNoWait));
  measure_one("synchronisation", kSynchronising);
  measure_one("memory", kAllocating);
}

}  // namespace thimble::kernel
