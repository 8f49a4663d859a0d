// Text in columns on the console that tasks share.
#pragma once

#include <cstdint>

#include "kernel/mutex.h"
#include "kernel/print.h"

namespace thimble::shell {

/// Held by whoever prints lines, so that those of several tasks don't mix; also while a frame is
/// sent. constinit, so that it is there from reset on.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is constinit
extern kernel::Mutex console_mutex;

/// `text` and spaces up to `width`.
void print_left(const char* text, unsigned width);

/// `value` in decimal behind spaces up to `width`.
void print_right(std::uint32_t value, unsigned width);

/// `value` tenths with a point: 123 is 12.3. Likewise.
void print_tenths(std::uint32_t value, unsigned width = 0);

}  // namespace thimble::shell
