// Every call that can block, each in every way in which a wait ends: who is most urgent first,
// among equals who came first, also after a change of priority; time-out, to the tick; cancelled,
// alone or all; stopped. What a task that is gone did not take, the next one gets.
#include "kernel/condition.h"
#include "kernel/event_flags.h"
#include "kernel/mutex.h"
#include "kernel/pool.h"
#include "kernel/queue.h"
#include "kernel/semaphore.h"
#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

constexpr time::Ticks kMs = time::kTicksPerMillisecond;

constinit TestTask<1> test;  // holds what the others wait for
constinit TestTask<10> high;
constinit TestTask<20> low;
constinit TestTask<20> low_too;
constinit Record record;

constinit Semaphore semaphore;
constinit Mutex mutex;
constinit EventFlags flags;
constinit Condition condition;
constinit Mutex outer;
constinit Queue<std::uint32_t, 2> empty;
constinit Queue<std::uint32_t, 2> full;
constinit Pool<8, 1> pool;
constinit void* block = nullptr;
constinit std::uint32_t message = 0;

// A call that blocks until the test satisfies one who waits. Who was satisfied passes on nothing.
struct Call {
  const char* name;
  Status (*wait)(Deadline deadline);
  void (*satisfy)();
  void (*cancel_all)();
};

Status status_of(bool got) {
  return got ? Status::kOk
             : Status::kTimeout;  // these do not tell a time-out from a cancelled wait
}

constexpr Call kCalls[] = {
    {"Semaphore::take", [](Deadline deadline) { return semaphore.take(deadline); },
     [] { semaphore.give(); }, [] { semaphore.cancel_all(); }},
    {"EventFlags::wait",
     [](Deadline deadline) {
       return flags.wait(1, EventFlags::Want::kAny, EventFlags::Then::kClear, deadline);
     },
     [] { flags.set(1); }, [] { flags.cancel_all(); }},
    {"Condition::wait",
     [](Deadline deadline) {
       const MutexLock lock(outer);
       return condition.wait(outer, deadline);
     },
     [] { condition.notify_one(); }, [] { condition.cancel_all(); }},
    {"Queue::receive", [](Deadline deadline) { return empty.receive(message, deadline); },
     [] { static_cast<void>(empty.send(1, kNoWait)); }, [] { empty.cancel_all(); }},
    {"Queue::peek",
     [](Deadline deadline) {
       const auto there = empty.peek(deadline);
       if (!there.empty()) empty.release(1);
       return status_of(!there.empty());
     },
     [] { static_cast<void>(empty.send(1, kNoWait)); }, [] { empty.cancel_all(); }},
    {"Queue::send", [](Deadline deadline) { return full.send(1, deadline); },
     [] { static_cast<void>(full.receive(message, kNoWait)); }, [] { full.cancel_all(); }},
    {"Queue::claim",
     [](Deadline deadline) {
       const auto room = full.claim(deadline);
       if (!room.empty()) full.commit(1);
       return status_of(!room.empty());
     },
     [] { static_cast<void>(full.receive(message, kNoWait)); }, [] { full.cancel_all(); }},
    {"Pool::take",
     [](Deadline deadline) {
       void* const got = pool.take(deadline);
       if (got != nullptr) block = got;
       return status_of(got != nullptr);
     },
     [] { pool.give(block); }, [] { pool.cancel_all(); }},
    {"Mutex::lock",
     [](Deadline deadline) {
       const Status status = mutex.lock(deadline);
       if (status == Status::kOk) mutex.unlock();
       return status;
     },
     // Whoever gets it passes it on at once, so it must be taken again before it comes to the next.
     nullptr, [] { mutex.cancel_all(); }},
};

constinit const Call* call = nullptr;
constinit Deadline deadline = kForever;

void wait_as(void* name) {
  const Status status = call->wait(deadline);
  record.add(*static_cast<const char*>(name));
  record.add(status == Status::kOk ? '+' : '-');
}

constinit char names[] = "hlm";

void start_all() {
  low.start(wait_as, &names[1]);
  sleep(kMs);
  low_too.start(wait_as, &names[2]);
  high.start(wait_as, &names[0]);
  sleep(kMs);
  record.expect("");
}

void satisfy(int times) {
  for (int i = 0; i < times; ++i) {
    call->satisfy();
    sleep(kMs);  // one at a time
  }
}

void test_order() {
  start_all();
  satisfy(3);
  record.expect("h+l+m+");
  start_all();
  low_too.set_priority(Priority(5));  // while it waits
  satisfy(3);
  record.expect("m+h+l+");
}

void test_leaving() {
  start_all();
  high.cancel_wait();
  sleep(kMs);
  record.expect("h-");
  low.stop();
  require(low.stopped(), "stopped while it waits");
  satisfy(1);
  record.expect("m+");  // what high and low did not take
  start_all();
  call->cancel_all();
  sleep(kMs);
  record.expect("h-l-m-");
  start_all();
  low.suspend();
  satisfy(3);
  record.expect("h+m+");  // its turn has come, but it does not run
  low.resume();
  sleep(kMs);
  record.expect("l+");
}

void test_time_outs() {
  require(call->wait(kNoWait) == Status::kTimeout, "not without waiting");
  const time::Ticks start = time::now();
  require(call->wait(start + 2 * kMs) == Status::kTimeout, "not in time");
  require(time::now() - start >= 2 * kMs && time::now() - start < 2 * kMs + kMs / 10,
          "as long as it said");
  deadline = time::now() + 6 * kMs;
  start_all();
  satisfy(1);
  record.expect("h+");
  sleep(4 * kMs);
  record.expect("l-m-");  // of one deadline, in the order in which they came
  deadline = kForever;
}

// A mutex is passed on: one unlock serves all. The order is the same.
void test_mutex() {
  const auto unlock_and_lock = [] {
    mutex.unlock();
    require(mutex.lock() == Status::kOk, "behind the others");
  };
  const auto lock_as_least = [](auto function) {
    test.set_priority(Priority(30));
    function();
    test.set_priority(Priority(1));
  };
  start_all();
  lock_as_least(unlock_and_lock);
  record.expect("h+l+m+");
  start_all();
  low_too.set_priority(Priority(5));
  lock_as_least(unlock_and_lock);
  record.expect("m+h+l+");
  start_all();
  high.cancel_wait();
  sleep(kMs);
  record.expect("h-");
  low.stop();
  lock_as_least(unlock_and_lock);
  record.expect("m+");
  start_all();
  call->cancel_all();
  sleep(kMs);
  record.expect("h-l-m-");
  deadline = time::now() + 6 * kMs;
  start_all();
  sleep(5 * kMs);
  record.expect("h-l-m-");
  deadline = kForever;
  require(test.priority() == 1, "nothing is inherited any more");
}

void run(void*) {
  for (int i = 0; i < 2; ++i) static_cast<void>(full.send(1, kNoWait));
  block = pool.take(kNoWait);
  static_cast<void>(mutex.lock());
  for (const Call& each : kCalls) {
    print(each.name);
    print("\n");
    call = &each;
    if (each.satisfy == nullptr) {
      test_mutex();
      continue;
    }
    test_order();
    test_leaving();
    test_time_outs();
  }
  pass();
}

}  // namespace

int main_task() {
  test.start(run);
  run_tasks();
}

}  // namespace thimble::kernel
