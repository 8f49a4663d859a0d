// SiFive's UART: word-wide registers, 8-byte FIFOs, whose state is read with the data.
#include "board.h"
#include "drivers/mmio.h"
#include "drivers/timer.h"
#include "drivers/uart.h"

namespace thimble::uart {
namespace {

using Word = Register<std::uint32_t>;
constexpr Word kSendData{board::kUartAddress + 0x00};
constexpr Word kReceiveData{board::kUartAddress + 0x04};
constexpr Word kSendControl{board::kUartAddress + 0x08};
constexpr Word kReceiveControl{board::kUartAddress + 0x0c};
constexpr Word kInterruptEnable{board::kUartAddress + 0x10};
constexpr Word kInterruptPending{board::kUartAddress + 0x14};
constexpr Word kDivisor{board::kUartAddress + 0x18};

constexpr std::uint32_t kFull = 1U << 31U;   // of kSendData
constexpr std::uint32_t kEmpty = 1U << 31U;  // of kReceiveData
constexpr std::uint32_t kOn = 1;
constexpr std::uint32_t kLevelShift = 16;
// Room is: fewer than one byte waits to be sent. Received is: more than none.
constexpr std::uint32_t kSendLevel = 1U << kLevelShift;
constexpr std::uint32_t kReceiveLevel = 0U << kLevelShift;
constexpr std::uint32_t kRoom = 1;
constexpr std::uint32_t kReceived = 2;

constexpr std::uint32_t kClocksPerBit = board::kUartClockHz / board::kUartBaud;
static_assert(kClocksPerBit > 16 && kClocksPerBit <= 0x10000,
              "this clock cannot make this baud rate");
constexpr std::uint64_t kBitsOfByte = 10;
constexpr std::uint64_t kTicksPerByte = kBitsOfByte * board::kTimerHz / board::kUartBaud + 1;

}  // namespace

void init() {
  kInterruptEnable.write(0);
  kDivisor.write(kClocksPerBit - 1);
  kSendControl.write(kOn | kSendLevel);
  kReceiveControl.write(kOn | kReceiveLevel);
}

// Reading the data takes a byte out; nothing tells beforehand whether there is one.
std::size_t read_some(std::span<std::byte> target) {
  std::size_t count = 0;
  while (count < target.size()) {
    const std::uint32_t data = kReceiveData.read();
    if ((data & kEmpty) != 0) break;
    target[count++] = std::byte{static_cast<std::uint8_t>(data)};
  }
  return count;
}

std::byte read() {
  std::byte byte{};
  while (read_some(std::span(&byte, 1)) == 0) {
  }
  return byte;
}

std::optional<std::byte> read_within(std::uint64_t ticks) {
  std::byte byte{};
  const std::uint64_t start = timer::now();
  while (read_some(std::span(&byte, 1)) == 0) {
    if (timer::now() - start >= ticks) return std::nullopt;
  }
  return byte;
}

std::size_t write_some(std::span<const std::byte> bytes) {
  std::size_t count = 0;
  for (; count < bytes.size() && (kSendData.read() & kFull) == 0; ++count) {
    kSendData.write(std::to_integer<std::uint8_t>(bytes[count]));
  }
  return count;
}

void write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) bytes = bytes.subspan(write_some(bytes));
}

// The FIFO tells that it is empty, nothing that the last byte has left: so wait as long as it
// takes.
void flush() {
  while ((kInterruptPending.read() & kRoom) == 0) {
  }
  const std::uint64_t start = timer::now();
  while (timer::now() - start < kTicksPerByte) {
  }
}

void enable(Interrupts interrupts) {
  kInterruptEnable.write((interrupts.received ? kReceived : 0) | (interrupts.room ? kRoom : 0));
}

}  // namespace thimble::uart
