// The UART for tasks, whatever UART it is. Its interrupts are on as long as there is something to
// do about them: room in the ring for what is received, bytes in the ring to be sent.
#include "drivers/console.h"

#include <cstring>

#include "board.h"
#include "drivers/byte_ring.h"
#include "drivers/interrupt_controller.h"
#include "drivers/uart.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/mutex.h"
#include "kernel/semaphore.h"

namespace thimble::console {
namespace {

constinit ByteRing<kReceiveBytes> received;
constinit ByteRing<kSendBytes> to_send;
constinit kernel::Semaphore arrival(0, 1);    // bytes may have come since it was taken last
constinit kernel::Semaphore departure(0, 1);  // likewise: bytes may have gone
constinit kernel::Mutex writers;

// Wants interrupts off, or to be the UART's own.
void enable_what_is_wanted() {
  uart::enable({.received = received.room() != 0, .room = to_send.size() != 0});
}

void receive() {
  std::size_t total = 0;
  while (true) {
    const std::size_t count = uart::read_some(received.claim());
    if (count == 0) break;
    received.commit(count);
    total += count;
  }
  if (total != 0) arrival.give();
}

void send() {
  std::size_t total = 0;
  while (true) {
    const std::size_t count = uart::write_some(to_send.peek());
    if (count == 0) break;
    to_send.release(count);
    total += count;
  }
  if (total != 0) departure.give();
}

constinit interrupt_controller::Line line(board::kUartInterrupt, 1, [] {
  receive();
  send();
  enable_what_is_wanted();
});

}  // namespace

void start() {
  line.enable();
  const kernel::InterruptLock lock;
  enable_what_is_wanted();
}

std::size_t read(std::span<std::byte> target, kernel::Deadline deadline) {
  while (true) {
    const std::size_t count = received.read(target);
    if (count != 0) {
      const kernel::InterruptLock lock;
      enable_what_is_wanted();
      return count;
    }
    if (arrival.take(deadline) != kernel::Status::kOk) return 0;
  }
}

std::size_t write(std::span<const std::byte> bytes, kernel::Deadline deadline) {
  if (writers.lock(deadline) != kernel::Status::kOk) return 0;
  std::size_t count = 0;
  while (true) {
    count += to_send.write(bytes.subspan(count));
    {
      const kernel::InterruptLock lock;
      enable_what_is_wanted();
    }
    if (count == bytes.size() || departure.take(deadline) != kernel::Status::kOk) break;
  }
  writers.unlock();
  return count;
}

std::size_t write(const char* text, kernel::Deadline deadline) {
  return write(std::as_bytes(std::span(text, std::strlen(text))), deadline);
}

kernel::Status drain(kernel::Deadline deadline) {
  kernel::Status status = writers.lock(deadline);
  if (status != kernel::Status::kOk) return status;
  while (status == kernel::Status::kOk && to_send.size() != 0) status = departure.take(deadline);
  writers.unlock();
  if (status == kernel::Status::kOk) uart::flush();
  return status;
}

}  // namespace thimble::console
