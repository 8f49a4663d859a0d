// Message queues: copied and in place, from tasks and interrupts, every way in which a wait ends,
// and no message lost or twice.
#include "drivers/software_interrupt.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/queue.h"
#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

constexpr time::Ticks kMs = time::kTicksPerMillisecond;

struct Message {
  std::uint32_t number;
  char text[8];
};

constinit TestTask<10> test;
constinit TestTask<5> high;
constinit TestTask<20> low;
constinit Queue<Message, 3> queue;
constinit Queue<std::uint32_t, 4> numbers;
constinit Record record;

void receive(void*) {
  Message message{};
  const Status status = queue.receive(message);
  record.add(status == Status::kOk ? static_cast<char>('0' + message.number) : 'c');
  require(status != Status::kOk || message.text[7] == 'z', "the whole message");
}

Message make(std::uint32_t number) {
  return {number, {'a', 0, 0, 0, 0, 0, 0, 'z'}};
}

void send_4(void*) {
  record.add(queue.send(make(4)) == Status::kOk ? 's' : 'c');
}

void test_order() {
  Message message{};
  for (std::uint32_t round = 0; round < 5; ++round) {  // the ring's end at every place
    for (std::uint32_t i = 0; i < 2; ++i) require(queue.send(make(i)) == Status::kOk, "room");
    for (std::uint32_t i = 0; i < 2; ++i) {
      require(queue.receive(message) == Status::kOk && message.number == i, "in order");
    }
  }
  require(queue.receive(message, kNoWait) == Status::kTimeout, "empty");
  const time::Ticks start = time::now();
  require(queue.receive(message, start + kMs) == Status::kTimeout, "empty for a while");
  require(time::now() - start >= kMs, "as long as it said");
}

void test_waits_to_receive() {
  high.start(receive);
  low.start(receive);
  sleep(kMs);
  static_cast<void>(queue.send(make(1)));  // straight to high, which runs at once
  record.expect("1");
  static_cast<void>(queue.send(make(2)));
  require(queue.count() == 0, "low has it already");
  sleep(kMs);
  record.expect("2");
  high.start(receive);
  queue.cancel_all();
  record.expect("c");
}

void test_waits_to_send() {
  Message message{};
  for (std::uint32_t i = 1; i <= 3; ++i) static_cast<void>(queue.send(make(i)));
  require(queue.send(make(9), kNoWait) == Status::kTimeout, "full");
  require(queue.send(make(9), time::now() + kMs) == Status::kTimeout, "full for a while");
  high.start(send_4);
  record.expect("");
  require(queue.receive(message) == Status::kOk && message.number == 1, "the first");
  record.expect("s");
  for (std::uint32_t i = 2; i <= 4; ++i) {
    require(queue.receive(message) == Status::kOk && message.number == i, "the rest, in order");
  }
  for (std::uint32_t i = 1; i <= 3; ++i) static_cast<void>(queue.send(make(i)));
  high.start(send_4);
  high.cancel_wait();
  record.expect("c");
  require(queue.count() == 3, "a cancelled message is not sent");
  for (int i = 0; i < 3; ++i) static_cast<void>(queue.receive(message));
}

void test_in_place() {
  std::span<std::uint32_t> room = numbers.claim();
  require(room.size() == 4, "all of it");
  for (std::uint32_t i = 0; i < 3; ++i) room[i] = i;
  numbers.commit(3);
  std::span<const std::uint32_t> there = numbers.peek();
  require(there.size() == 3 && there[2] == 2, "what was committed");
  numbers.release(2);
  room = numbers.claim();
  require(room.size() == 1, "up to the ring's end");
  room[0] = 3;
  numbers.commit(1);
  room = numbers.claim();
  require(room.size() == 2, "from the ring's start");
  room[0] = 4;
  room[1] = 5;
  numbers.commit(2);
  require(numbers.claim(kNoWait).empty(), "full");
  for (std::uint32_t i = 2; i < 6; ++i) {
    std::uint32_t number = 0;
    require(numbers.receive(number) == Status::kOk && number == i, "copied out");
  }
  require(numbers.peek(time::now() + kMs).empty(), "empty");
}

void test_waits_in_place() {
  high.start([](void*) {
    const std::span<const std::uint32_t> there = numbers.peek();
    record.add(static_cast<char>('0' + there[0]));
    numbers.release(1);
  });
  static_cast<void>(numbers.send(7));
  record.expect("7");
  require(numbers.count() == 0, "released");
  low.start([](void*) {
    std::uint32_t number = 0;
    static_cast<void>(numbers.receive(number));
    record.add(static_cast<char>('0' + number));
  });
  sleep(kMs);
  numbers.claim()[0] = 5;
  numbers.commit(1);
  sleep(kMs);
  record.expect("5");
  for (std::uint32_t i = 0; i < 4; ++i) static_cast<void>(numbers.send(i));
  high.start([](void*) {
    numbers.claim()[0] = 8;
    numbers.commit(1);
    record.add('k');
  });
  record.expect("");
  numbers.release(3);
  record.expect("k");
  std::uint32_t number = 0;
  require(numbers.receive(number) == Status::kOk && number == 3, "the last of four");
  require(numbers.receive(number) == Status::kOk && number == 8, "and who waited");
}

// An interrupt sends; when the queue is full, it cannot wait.
void test_interrupt() {
  static constinit std::uint32_t sent = 0;
  sent = 0;
  set_handler(Interrupt::kSoftware, [] {
    software_interrupt::clear();
    if (numbers.send(sent, kNoWait) == Status::kOk) ++sent;
  });
  for (int i = 0; i < 6; ++i) software_interrupt::raise();
  require(sent == 4 && numbers.count() == 4, "as many as there is room for");
  for (std::uint32_t i = 0; i < 4; ++i) {
    std::uint32_t number = 0;
    require(numbers.receive(number) == Status::kOk && number == i, "in order");
  }
  set_handler(Interrupt::kSoftware, nullptr);
}

void run(void*) {
  test_order();
  test_waits_to_receive();
  test_waits_to_send();
  test_in_place();
  test_waits_in_place();
  test_interrupt();
  pass();
}

}  // namespace

int main_task() {
  test.start(run);
  run_tasks();
}

}  // namespace thimble::kernel
