// Mutexes: exclusion, order, and priority inheritance along chains, which ends when its reason
// does.
#include "kernel/mutex.h"

#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

constexpr time::Ticks kMs = time::kTicksPerMillisecond;

constinit TestTask<1> test;  // most urgent: it sees everything before it goes on
constinit TestTask<20> low;
constinit TestTask<15> middle;
constinit TestTask<10> high;
constinit TestTask<5> highest;
constinit Mutex a;
constinit Mutex b;
constinit Record record;

void spin(void*) {
  while (true) {
  }
}

// Holds both in turn for long enough that all others come.
void hold_a(void*) {
  const MutexLock lock(a);
  record.add('L');
  sleep(3 * kMs);
  record.add('l');
}

void hold_b_then_a(void*) {
  const MutexLock outer(b);
  record.add('M');
  const MutexLock inner(a);
  record.add('m');
}

void want_b(void*) {
  const MutexLock lock(b);
  record.add('H');
}

void want_a_for_2_ms(void*) {
  record.add(a.lock(time::now() + 2 * kMs) == Status::kTimeout ? 'T' : '!');
}

void want_a(void*) {
  record.add(a.lock() == Status::kCancelled ? 'C' : '!');
}

void test_exclusion_and_order() {
  low.start(hold_a);
  sleep(kMs);
  middle.start([](void*) {
    const MutexLock lock(a);
    record.add('m');
  });
  high.start([](void*) {
    const MutexLock lock(a);
    record.add('h');
  });
  sleep(5 * kMs);
  record.expect("Llhm");  // the most urgent first
}

void test_inheritance() {
  low.start(hold_a);
  sleep(kMs);
  require(low.priority() == 20, "alone, it has its own priority");
  high.start([](void*) {
    const MutexLock lock(a);
    record.add('h');
  });
  sleep(kMs);
  require(low.priority() == 10, "it inherits from who waits");
  middle.start(spin);  // would keep low from running, without inheritance
  sleep(3 * kMs);
  require(high.stopped(), "the most urgent has had the mutex, though another never gives way");
  require(low.priority() == 20 && !low.stopped(), "what was inherited is given back at once");
  middle.stop();
  sleep(kMs);
  require(low.stopped(), "all done");
}

void test_chain() {
  record = {};
  low.start(hold_a);
  sleep(kMs);
  middle.start(hold_b_then_a);
  sleep(kMs / 2);
  high.start(want_b);
  sleep(kMs / 2);
  require(middle.priority() == 10 && low.priority() == 10, "through two mutexes");
  highest.start([](void*) { record.add(b.lock() == Status::kCancelled ? 'C' : '!'); });
  sleep(kMs / 2);
  require(middle.priority() == 5 && low.priority() == 5, "from the most urgent");
  highest.cancel_wait();
  sleep(kMs / 4);
  require(middle.priority() == 10 && low.priority() == 10,
          "a wait that was cancelled counts no more");
  sleep(4 * kMs);
  require(low.stopped() && middle.stopped() && high.stopped(), "all done");
  record.expect("LMClmH");
}

void test_timeout() {
  record = {};
  low.start(hold_a);
  sleep(kMs / 2);
  high.start(want_a_for_2_ms);
  sleep(kMs);
  require(low.priority() == 10, "inherited");
  sleep(kMs + kMs / 4);
  require(low.priority() == 20, "given back when the wait timed out");
  record.expect("LT");
  sleep(2 * kMs);
  record.expect("l");
  require(a.lock(kNoWait) == Status::kOk, "it is free");
  high.start([](void*) { record.add(a.lock(kNoWait) == Status::kTimeout ? 't' : '!'); });
  sleep(kMs);
  record.expect("t");
  high.start(want_a);
  sleep(kMs);
  a.cancel_all();
  sleep(kMs);
  record.expect("C");
  a.unlock();
}

// A task that holds two mutexes gives back one inheritance, keeps the other.
void test_two_held() {
  low.start([](void*) {
    static_cast<void>(a.lock());
    static_cast<void>(b.lock());
    sleep(2 * kMs);
    b.unlock();
    record.add('b');
    sleep(2 * kMs);
    a.unlock();
    record.add('a');
  });
  sleep(kMs / 2);
  middle.start([](void*) {
    const MutexLock lock(a);
    record.add('m');
  });
  highest.start([](void*) {
    const MutexLock lock(b);
    record.add('h');
  });
  sleep(kMs / 2);
  require(low.priority() == 5, "the more urgent of two");
  sleep(2 * kMs);
  require(low.priority() == 15, "what is left");
  sleep(2 * kMs);
  require(low.priority() == 20 && low.stopped(), "nothing is left");
  record.expect("hbma");
}

// The priority of a waiting task changes: so does what its mutex' holder inherits.
void test_set_priority() {
  low.start(hold_a);
  sleep(kMs / 2);
  middle.start([](void*) {
    const MutexLock lock(a);
    record.add('m');
  });
  sleep(kMs / 2);
  require(low.priority() == 15, "inherited");
  middle.set_priority(Priority(3));
  require(low.priority() == 3, "more urgent");
  middle.set_priority(Priority(18));
  require(low.priority() == 18, "less urgent");
  sleep(4 * kMs);
  record.expect("Llm");
}

void run(void*) {
  test_exclusion_and_order();
  test_inheritance();
  test_chain();
  test_timeout();
  test_two_held();
  test_set_priority();
  pass();
}

}  // namespace

int main_task() {
  test.start(run);
  run_tasks();
}

}  // namespace thimble::kernel
