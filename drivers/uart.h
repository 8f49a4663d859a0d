// The board's console: one UART, 8 data bits, no parity, polled. A board links exactly one
// implementation, a folder of drivers/.
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

}  // namespace thimble::uart
