// Tasks: urgency decides, equals take turns, sleep lasts, start, stop, suspend and resume do.
#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

constinit TestTask<10> test;
constinit TestTask<5> urgent;
constinit TestTask<20> relaxed;
constinit TestTask<20> relaxed_too;
constinit Record record;

constexpr time::Ticks kMs = time::kTicksPerMillisecond;

void note(void* event) {
  record.add(*static_cast<const char*>(event));
}

void yield_thrice(void* event) {
  for (int i = 0; i < 3; ++i) {
    note(event);
    yield();
  }
}

void note_twice_with_sleep(void* event) {
  note(event);
  sleep(2 * kMs);
  note(event);
}

void spin(void* count) {
  auto& counter = *static_cast<volatile std::uint32_t*>(count);
  while (true) counter = counter + 1;
}

constinit char a = 'a';
constinit char b = 'b';

void test_urgency() {
  urgent.start(note, &a);  // runs at once
  record.expect("a");
  relaxed.start(note, &b);  // has to wait
  record.expect("");
  sleep(kMs);
  record.expect("b");
  require(urgent.stopped() && relaxed.stopped(), "tasks that returned are stopped");
}

void test_turns() {
  relaxed.start(yield_thrice, &a);
  relaxed_too.start(yield_thrice, &b);
  sleep(kMs);
  record.expect("ababab");
}

void test_sleep() {
  const time::Ticks start = time::now();
  relaxed.start(note_twice_with_sleep, &a);
  sleep(kMs);
  relaxed_too.start(note, &b);
  sleep_until(start + 10 * kMs);
  record.expect("aba");
  const time::Ticks slept = time::now() - start;
  require(slept >= 10 * kMs && slept < 11 * kMs, "sleep_until() is exact");
  sleep_until(start);  // long past
  require(time::now() - start < 11 * kMs, "a past deadline does not wait");
}

void test_suspend() {
  relaxed.start(yield_thrice, &a);
  relaxed.suspend();
  sleep(kMs);
  record.expect("");
  relaxed.resume();
  sleep(kMs);
  record.expect("aaa");
  relaxed.start(note_twice_with_sleep, &a);
  sleep(kMs);
  relaxed.suspend();  // while it sleeps
  sleep(5 * kMs);
  record.expect("a");
  relaxed.resume();
  sleep(kMs);
  record.expect("a");
}

void test_stop_and_cancel() {
  relaxed.start(note_twice_with_sleep, &a);
  sleep(kMs);
  relaxed.stop();
  require(relaxed.stopped(), "stopped while asleep");
  sleep(5 * kMs);
  record.expect("a");
  relaxed.start(note_twice_with_sleep, &a);
  sleep(kMs);
  const time::Ticks start = time::now();
  relaxed.cancel_wait();
  relaxed.set_priority(Priority(1));  // less than 10: runs at once, to its end
  require(time::now() - start < kMs, "no wait after cancel_wait()");
  record.expect("aa");
}

// Two tasks that never give way share the core in slices.
void test_round_robin() {
  static volatile std::uint32_t counts[2];
  relaxed.start(spin, const_cast<std::uint32_t*>(&counts[0]));
  relaxed_too.start(spin, const_cast<std::uint32_t*>(&counts[1]));
  sleep(100 * kMs);
  const std::uint32_t first = counts[0];
  const std::uint32_t second = counts[1];
  require(first > 10000 && second > 10000, "both run");
  require(first < second + second / 4 && second < first + first / 4, "for the same time");
  relaxed.stop();
  sleep(20 * kMs);
  require(counts[0] == first || counts[0] - first < 100, "a stopped task does not run");
  require(counts[1] > second, "who is left has the core for itself");
  relaxed_too.stop();
}

void run(void* /*argument*/) {
  test_urgency();
  test_turns();
  test_sleep();
  test_suspend();
  test_stop_and_cancel();
  test_round_robin();
  pass();
}

}  // namespace

int main_task() {
  test.start(run);
  run_tasks();
}

}  // namespace thimble::kernel
