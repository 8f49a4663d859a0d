// Semaphores, event flags, conditions, pools and software timers: every way in which a wait ends,
// and in which order tasks go on.
#include "drivers/software_interrupt.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/condition.h"
#include "kernel/event_flags.h"
#include "kernel/pool.h"
#include "kernel/semaphore.h"
#include "kernel/timer.h"
#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

constexpr time::Ticks kMs = time::kTicksPerMillisecond;

constinit TestTask<1> test;  // most urgent: what it starts runs when it sleeps
constinit TestTask<10> high;
constinit TestTask<20> low;
constinit TestTask<20> low_too;
constinit Record record;

void add(Status status) {
  record.add(status == Status::kOk ? 'o' : status == Status::kTimeout ? 't' : 'c');
}

constinit Semaphore semaphore(0, 2);

void test_semaphore() {
  const auto take = [](void* name) {
    add(semaphore.take());
    record.add(*static_cast<const char*>(name));
  };
  static constinit char names[] = "123";
  low.start(take, &names[0]);
  sleep(kMs);
  low_too.start(take, &names[1]);
  high.start(take, &names[2]);
  sleep(kMs);
  for (int i = 0; i < 3; ++i) semaphore.give();
  sleep(kMs);
  record.expect("o3o1o2");  // by urgency, then by time
  for (int i = 0; i < 5; ++i) semaphore.give();
  require(semaphore.count() == 2, "no more than its limit");
  add(semaphore.take(kNoWait));
  add(semaphore.take(kNoWait));
  add(semaphore.take(kNoWait));
  const time::Ticks start = time::now();
  add(semaphore.take(start + 3 * kMs));
  require(time::now() - start >= 3 * kMs && time::now() - start < 4 * kMs, "as long as it said");
  record.expect("oott");
  low.start(take, &names[0]);
  high.start(take, &names[2]);
  sleep(kMs);
  high.cancel_wait();
  sleep(kMs);
  record.expect("c3");
  semaphore.cancel_all();
  sleep(kMs);
  record.expect("c1");
  require(semaphore.count() == 0, "cancelled waits took nothing");
}

// An interrupt gives; the task that waits runs before who was interrupted goes on.
void test_interrupt() {
  set_handler(Interrupt::kSoftware, [] {
    software_interrupt::clear();
    require(in_interrupt(), "in the handler");
    record.add('i');
    semaphore.give();
    record.add('j');
  });
  require(!in_interrupt(), "in a task");
  high.start([](void*) { add(semaphore.take()); });
  low.start([](void*) {
    record.add('l');
    software_interrupt::raise();
    record.add('m');
  });
  sleep(kMs);
  record.expect("lijom");
  set_handler(Interrupt::kSoftware, nullptr);
}

constinit EventFlags flags;

void test_flags() {
  using Want = EventFlags::Want;
  using Then = EventFlags::Then;
  high.start([](void*) { add(flags.wait(0b0110, Want::kAll, Then::kClear)); });
  low.start([](void*) { add(flags.wait(0b0101, Want::kAny, Then::kKeep)); });
  sleep(kMs);
  flags.set(0b0010);
  sleep(kMs);
  record.expect("");
  flags.set(0b1100);  // for both: high clears what low waits for, before it is asked
  sleep(kMs);
  record.expect("o");
  require(flags.flags() == 0b1000, "high cleared its flags");
  flags.set(1);
  sleep(kMs);
  record.expect("o");
  require(flags.flags() == 0b1001, "low keeps them");
  add(flags.wait(8, Want::kAny, Then::kKeep, kNoWait));
  add(flags.wait(6, Want::kAny, Then::kKeep, kNoWait));
  add(flags.wait(6, Want::kAny, Then::kKeep, time::now() + kMs));
  record.expect("ott");
  high.start([](void*) { add(flags.wait(2)); });
  sleep(kMs);
  flags.cancel_all();
  sleep(kMs);
  record.expect("c");
  flags.clear(~0U);
}

constinit Condition changed;
constinit Mutex mutex;
constinit int shared = 0;

void test_condition() {
  const auto wait_for_2 = [](void*) {
    const MutexLock lock(mutex);
    while (shared < 2) {
      add(changed.wait(mutex));
    }
    record.add('2');
  };
  high.start(wait_for_2);
  low.start(wait_for_2);
  sleep(kMs);
  const auto raise = [] {
    const MutexLock lock(mutex);
    ++shared;
    changed.notify_all();
  };
  raise();
  sleep(kMs);
  record.expect("oo");
  raise();
  sleep(kMs);
  record.expect("o2o2");
  shared = 0;
  high.start(wait_for_2);
  low.start(wait_for_2);
  sleep(kMs);
  shared = 2;
  changed.notify_one();
  sleep(kMs);
  record.expect("o2");
  changed.cancel_all();
  sleep(kMs);
  record.expect("c2");
  {
    const MutexLock lock(mutex);
    add(changed.wait(mutex, time::now() + kMs));
    add(changed.wait(mutex, kNoWait));
  }
  record.expect("tt");
}

constinit Pool<20, 3> pool;

void test_pool() {
  void* blocks[3];
  for (void*& block : blocks) block = pool.take(kNoWait);
  require(blocks[0] != blocks[1] && blocks[1] != blocks[2] && blocks[0] != blocks[2], "three");
  require(reinterpret_cast<std::uintptr_t>(blocks[1]) % 8 == 0, "aligned");
  require(pool.take(kNoWait) == nullptr && pool.take(time::now() + kMs) == nullptr, "no fourth");
  static constinit void* got = nullptr;
  high.start([](void*) { got = pool.take(); });
  sleep(kMs);
  pool.give(blocks[1]);
  sleep(kMs);
  require(got == blocks[1], "handed over");
  high.start([](void*) { got = pool.take(); });
  sleep(kMs);
  pool.cancel_all();
  sleep(kMs);
  require(got == nullptr && high.stopped(), "cancelled");
  pool.give(blocks[1]);
  pool.give(blocks[0]);
  require(pool.take() == blocks[0] && pool.take() == blocks[1], "used again");
}

constinit Timer once([](void*) { record.add('1'); });
constinit Timer periodic([](void*) { record.add('p'); });

void test_timers() {
  const time::Ticks start = time::now();
  periodic.start(start + kMs, 2 * kMs);  // 1, 3, 5, ...
  once.start(start + 4 * kMs);
  sleep_until(start + 8 * kMs);
  record.expect("pp1pp");
  require(!once.running() && periodic.running(), "running");
  once.start(start + 10 * kMs);
  once.start(start + 20 * kMs);  // moved
  periodic.stop();
  sleep_until(start + 19 * kMs);
  record.expect("");
  sleep_until(start + 21 * kMs);
  record.expect("1");
}

void run(void*) {
  test_semaphore();
  test_interrupt();
  test_flags();
  test_condition();
  test_pool();
  test_timers();
  pass();
}

}  // namespace

int main_task() {
  test.start(run);
  run_tasks();
}

}  // namespace thimble::kernel
