// The UART by interrupts. The host (tests/target/drivers.py) plays the other end: it sends nothing,
// then bytes that come back as their complement, then nothing again.
#include "drivers/console.h"

#include <array>

#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

constexpr time::Ticks kMs = time::kTicksPerMillisecond;
constexpr std::size_t kEchoBytes = 20'000;
constexpr std::size_t kLineBytes = 2 * console::kSendBytes + 5;  // more than the ring holds
constexpr int kLines = 8;

constinit TestTask<10> test;
constinit TestTask<5> reader;
constinit TestTask<8> writer;
constinit TestTask<8> writer_too;
constinit TestTask<20> background;
constinit volatile std::uint32_t background_rounds = 0;
constinit int lines_left = 2 * kLines;

void count_rounds(void*) {
  while (true) background_rounds = background_rounds + 1;
}

void test_timeout() {
  std::array<std::byte, 8> bytes{};
  require(console::read(bytes, kNoWait) == 0, "nothing came yet");
  const time::Ticks start = time::now();
  const std::uint32_t rounds = background_rounds;
  require(console::read(bytes, start + 5 * kMs) == 0, "nothing came in time");
  require(time::now() - start >= 5 * kMs, "it waited until the deadline");
  require(background_rounds - rounds > 1000, "others ran meanwhile");
}

void test_cancel() {
  static constinit bool returned = false;
  reader.start([](void*) {
    std::array<std::byte, 8> bytes{};
    returned = console::read(bytes) == 0;
  });
  sleep(kMs);
  require(!returned, "it waits");
  reader.cancel_wait();
  require(returned, "a cancelled wait returns nothing");
}

void test_echo() {
  console::write("echo\n");
  std::array<std::byte, 50> bytes{};
  for (std::size_t done = 0; done < kEchoBytes;) {
    const std::size_t count = console::read(bytes);
    require(count > 0 && count <= bytes.size(), "some bytes");
    for (std::byte& byte : bytes) byte = ~byte;
    require(console::write(std::span(bytes).first(count)) == count, "all of them go");
    done += count;
  }
}

// Of a reader that comes late nothing is lost: the ring is full, and the device waits.
void test_late_reader() {
  console::write("late\n");
  sleep(20 * kMs);
  std::array<std::byte, 3> bytes{};
  for (std::size_t done = 0; done < 4 * console::kReceiveBytes;) {
    const std::size_t count = console::read(bytes);
    for (std::byte& byte : bytes) byte = ~byte;
    console::write(std::span(bytes).first(count));
    done += count;
  }
}

void write_lines(void* letter) {
  std::array<std::byte, kLineBytes> line{};
  line.fill(std::byte{*static_cast<const unsigned char*>(letter)});
  line.back() = std::byte{'\n'};
  for (int i = 0; i < kLines; ++i) {
    require(console::write(line) == line.size(), "the whole line goes");
    --lines_left;
    yield();
  }
}

void test_writers() {
  static constinit unsigned char letters[2] = {'a', 'b'};
  writer.start(write_lines, &letters[0]);
  writer_too.start(write_lines, &letters[1]);
  while (lines_left != 0) sleep(kMs);
}

void run(void*) {
  background.start(count_rounds);
  console::start();
  test_timeout();
  test_cancel();
  test_echo();
  test_late_reader();
  test_writers();
  require(console::drain() == Status::kOk, "all is sent");
  pass();
}

}  // namespace

int main_task() {
  test.start(run);
  run_tasks();
}

}  // namespace thimble::kernel
