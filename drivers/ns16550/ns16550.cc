// The 16550 UART: byte-wide registers, 16-byte FIFOs.
#include <algorithm>

#include "board.h"
#include "drivers/mmio.h"
#include "drivers/timer.h"
#include "drivers/uart.h"

namespace thimble::uart {
namespace {

using Byte = Register<std::uint8_t>;
constexpr Byte kData{board::kUartAddress};  // divisor, low byte, while kDivisorAccess is set
constexpr Byte kInterruptEnable{board::kUartAddress + 1};  // divisor, high byte, likewise
constexpr Byte kFifoControl{board::kUartAddress + 2};
constexpr Byte kLineControl{board::kUartAddress + 3};
constexpr Byte kLineStatus{board::kUartAddress + 5};

constexpr std::uint8_t kFifoEnableAndClear = 0x07;
constexpr std::uint8_t kInterruptFromEight = 0x80;  // bytes; fewer after a pause of four
constexpr std::size_t kFifoBytes = 16;
constexpr std::uint8_t kReceivedInterrupt = 0x01;
constexpr std::uint8_t kRoomInterrupt = 0x02;
constexpr std::uint8_t kEightBits = 0x03;
constexpr std::uint8_t kDivisorAccess = 0x80;
constexpr std::uint8_t kDataReady = 0x01;
constexpr std::uint8_t kHoldingEmpty = 0x20;
constexpr std::uint8_t kTransmitterEmpty = 0x40;

constexpr std::uint32_t kDivisor = board::kUartClockHz / (16 * board::kUartBaud);
static_assert(kDivisor > 0 && kDivisor <= 0xffff, "this clock cannot make this baud rate");

bool is_set(std::uint8_t status) {
  return (kLineStatus.read() & status) != 0;
}

}  // namespace

void init() {
  kInterruptEnable.write(0);
  kLineControl.write(kDivisorAccess);
  kData.write(kDivisor & 0xff);
  kInterruptEnable.write(kDivisor >> 8);
  kLineControl.write(kEightBits);
  kFifoControl.write(kFifoEnableAndClear | kInterruptFromEight);
}

std::byte read() {
  while (!is_set(kDataReady)) {
  }
  return std::byte{kData.read()};
}

std::optional<std::byte> read_within(std::uint64_t ticks) {
  const std::uint64_t start = timer::now();
  while (!is_set(kDataReady)) {
    if (timer::now() - start >= ticks) return std::nullopt;
  }
  return std::byte{kData.read()};
}

void write(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) {
    while (!is_set(kHoldingEmpty)) {
    }
    kData.write(std::to_integer<std::uint8_t>(byte));
  }
}

void flush() {
  while (!is_set(kTransmitterEmpty)) {
  }
}

std::size_t read_some(std::span<std::byte> target) {
  std::size_t count = 0;
  for (; count < target.size() && is_set(kDataReady); ++count) {
    target[count] = std::byte{kData.read()};
  }
  return count;
}

std::size_t write_some(std::span<const std::byte> bytes) {
  if (!is_set(kHoldingEmpty)) return 0;
  const std::size_t count = std::min(bytes.size(), kFifoBytes);
  for (const std::byte byte : bytes.first(count)) kData.write(std::to_integer<std::uint8_t>(byte));
  return count;
}

void enable(Interrupts interrupts) {
  kInterruptEnable.write(static_cast<std::uint8_t>((interrupts.received ? kReceivedInterrupt : 0) |
                                                   (interrupts.room ? kRoomInterrupt : 0)));
}

}  // namespace thimble::uart
