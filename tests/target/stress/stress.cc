// Random operations of many tasks on shared objects, interrupts at shifting moments, an inference
// underneath. The host sends a seed, eight hexadecimal digits; the same seed does the same.
// Checked: no message lost, doubled or out of order; counters, permissions and blocks add up; the
// most urgent ready task runs; who holds a mutex is as urgent as who waits for it; the inference
// stays right.
#include "drivers/software_interrupt.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/main_task.h"
#include "kernel/mutex.h"
#include "kernel/schedule.h"
#include "kernel/timer.h"
#include "runtime/model.h"
#include "runtime/runtime.h"
#if THIMBLE_SAFE
#include "runtime/tasks/user_inference.h"
#endif
#include "tests/target/stress/shared.h"

namespace thimble::kernel::stress {
namespace {

constexpr time::Ticks kMicrosecond = time::kTicksPerSecond / 1'000'000;

constinit TestTask<1> chaos;
constinit TestTask<2> starter;
constinit TestTask<30> inference;
constinit TestTask<4> consumer;
constinit TestTask<3> worker_0;
constinit TestTask<5> worker_1;
constinit TestTask<5> worker_2;
constinit TestTask<6> worker_3;
constinit TestTask<7> worker_4;
constinit TestTask<7> worker_5;
constinit Task* const kAllWorkers[] = {&worker_0, &worker_1, &worker_2,
                                       &worker_3, &worker_4, &worker_5};
static_assert(std::size(kAllWorkers) == kWorkers);

// Received from each sender so far: the number that comes next.
constinit std::uint32_t next_from[kWorkers + 1];
constinit std::uint32_t inferences;

const TaskControl& control_of(const Task& task) {
  return Task::control(task);
}

void check_invariants() {
  for (const Task* task : kAllWorkers) {
    const TaskControl& control = control_of(*task);
    if (control.state == TaskState::kReady && !control.suspended) {
      require(schedule.next->priority <= control.priority, "the most urgent ready task runs");
    }
    if (control.state == TaskState::kForMutex) {
      const TaskControl* const holder = Mutex::of(*control.queue).holder();
      require(holder != nullptr && holder->priority <= control.priority, "no priority inversion");
    }
    require(control.priority <= control.base_priority, "inheritance makes urgent");
  }
}

void consume(void*) {
  while (true) {
    Note note{};
    if (messages.receive(note) != Status::kOk) continue;
    require(note.sender <= kWorkers && note.check == ~note.number, "a whole message");
    require(note.number == next_from[note.sender], "no message is lost, doubled or overtaken");
    ++next_from[note.sender];
  }
}

// Interrupts at random moments: some only check, some lead to another interrupt.
void interrupt_soon(void*);
constinit Timer interrupts(interrupt_soon);
constinit Random interrupt_random;
constinit Random handler_random;

void interrupt_soon(void*) {
  check_invariants();
  if (interrupt_random.below(3) == 0) software_interrupt::raise();
  interrupts.start(time::now() + 1 + interrupt_random.below(60 * kMicrosecond));
}

void software_interrupt_handler() {
  software_interrupt::clear();
  note_from_interrupt();
  const NestedInterrupts nested;  // the timer may come meanwhile
  for (std::uint32_t i = handler_random.below(100); i > 0; --i) asm volatile("");
}

// Disturbs the others: stops them for a while anywhere, ends their waits.
void disturb(void*) {
  Random random = seeded(100);
  while (true) {
    sleep(1 + random.below(300 * kMicrosecond));
    Task& victim = *kAllWorkers[random.below(kWorkers)];
    switch (random.below(4)) {
      case 0:
        victim.suspend();
        sleep(random.below(100 * kMicrosecond));
        victim.resume();
        break;
      case 1:
        victim.cancel_wait();
        break;
      case 2:
        victim.set_priority(Priority(3));
        break;
      default:
        victim.set_priority(Priority(8));
    }
  }
}

// With the safe kernel in user mode.
runtime::Status run_model() {
#if THIMBLE_SAFE
  alignas(16) static constinit std::byte user_stack[1024];
  runtime::UserInference confined(user_stack, kModel.arena);
  return confined.run(*kModel.plan);
#else
  return runtime::run(*kModel.plan, kModel.arena);
#endif
}

void infer(void*) {
  while (true) {
    for (std::uint32_t i = 0; i < 16; ++i) {
      kModel.arena[kModel.inputs[0].offset + i] = static_cast<std::byte>(i + inferences);
    }
    require(run_model().ok(), "the inference runs");
    const std::byte* const scaled = &kModel.arena[kModel.outputs[0].offset];
    for (std::uint32_t i = 0; i < 16; ++i) {
      require(scaled[i] == static_cast<std::byte>(2 * (i + inferences)), "the inference is right");
    }
    ++inferences;
  }
}

std::uint32_t read_seed() {
  print("seed?\n");  // what comes before it listens is lost
  std::uint32_t seed = 0;
  for (int i = 0; i < 8; ++i) {
    const auto digit = std::to_integer<std::uint8_t>(uart::read());
    seed = (seed << 4U) | (digit <= '9' ? digit - '0' : digit - 'a' + 10U);
  }
  return seed;
}

void run(void*) {
  set_seed(read_seed());
  interrupt_random = seeded(101);
  handler_random = seeded(102);
  set_handler(Interrupt::kSoftware, software_interrupt_handler);
  consumer.start(consume);
  inference.start(infer);
  start_workers();
  chaos.start(disturb);
  interrupts.start(time::now() + 100);
  for (const Task* worker : kAllWorkers) {
    while (!worker->stopped()) sleep(time::kTicksPerMillisecond);
  }
  chaos.stop();
  interrupts.stop();
  sleep(time::kTicksPerMillisecond);
  for (std::uint32_t i = 0; i <= kWorkers; ++i) {
    require(next_from[i] == sent_by(i), "every message has come");
  }
  check_sums();
  require(inferences > 10, "inferences ran underneath");
  print("operations ");
  print_decimal(kWorkers * kOperations);
  print(", interrupts' messages ");
  print_decimal(sent_by(kWorkers));
  print(", inferences ");
  print_decimal(inferences);
  print("\n");
  pass();
}

}  // namespace

void start_workers() {
  worker_0.start(work, reinterpret_cast<void*>(0));
  worker_1.start(work, reinterpret_cast<void*>(1));
  worker_2.start(work, reinterpret_cast<void*>(2));
  worker_3.start(work, reinterpret_cast<void*>(3));
  worker_4.start(work, reinterpret_cast<void*>(4));
  worker_5.start(work, reinterpret_cast<void*>(5));
}

}  // namespace thimble::kernel::stress

int thimble::kernel::main_task() {
  stress::starter.start(stress::run);
  run_tasks();
}
