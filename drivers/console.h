// The UART for tasks: by interrupts, through a ring in each direction. A board links exactly one
// implementation, a folder of drivers/, if its firmware uses one.
//
// print() and reports of faults go to the device directly, past what waits to be sent.
#pragma once

#include <cstddef>
#include <span>

#include "kernel/status.h"

namespace thimble::console {

/// Bytes that each ring holds; when the one for what is received is full, the device keeps the
/// rest, as far as it can.
inline constexpr std::size_t kReceiveBytes = 128;
inline constexpr std::size_t kSendBytes = 256;

/// Takes the UART over. In a task, or after init_interrupts(). Call once.
void start();

/// Waits until bytes have come; returns how many were copied to `target`, at least 1; 0 if the wait
/// was in vain. For one task.
[[nodiscard]] std::size_t read(std::span<std::byte> target,
                               kernel::Deadline deadline = kernel::kForever);

/// Puts `bytes` into the ring, waiting for room; returns how many it took, less than all if the
/// wait was in vain. What tasks write at the same time does not mix. Not for interrupts.
std::size_t write(std::span<const std::byte> bytes, kernel::Deadline deadline = kernel::kForever);
std::size_t write(const char* text, kernel::Deadline deadline = kernel::kForever);

/// Waits until all that was written has been sent. Not for interrupts.
kernel::Status drain(kernel::Deadline deadline = kernel::kForever);

}  // namespace thimble::console
