// The board's console: one UART, 8 data bits, no parity. A board links exactly one implementation,
// a folder of drivers/. Polled, for reports and firmware without tasks; and what drivers/console.h
// needs to serve tasks by interrupts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace thimble::uart {

/// Sets speed and format. Call once, first.
void init();

/// The next byte, however long it takes. Not for interrupts: it blocks.
[[nodiscard]] std::byte read();

/// The next byte, or nothing once `ticks` of the machine timer have passed. Not for interrupts.
[[nodiscard]] std::optional<std::byte> read_within(std::uint64_t ticks);

/// Sends `bytes`, waiting for room. Callable from anywhere, interrupts and faults included.
void write(std::span<const std::byte> bytes);

/// Waits until the last byte has left the wire. Callable from anywhere.
void flush();

/// Reads what has come, as far as `target` has room; returns how many bytes. Callable from
/// anywhere.
[[nodiscard]] std::size_t read_some(std::span<std::byte> target);

/// Sends as many of `bytes` as the device takes at once; returns how many. Callable from anywhere.
[[nodiscard]] std::size_t write_some(std::span<const std::byte> bytes);

/// What the UART interrupts for, at source board::kUartInterrupt: for as long as bytes wait to be
/// read, and for as long as there is room to send. Neither after init(). Callable from anywhere.
struct Interrupts {
  bool received;
  bool room;
};
void enable(Interrupts interrupts);

}  // namespace thimble::uart
