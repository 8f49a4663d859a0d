// Text on the console, for banners and reports. Callable from anywhere, faults included.
#pragma once

#include <cstdint>

namespace thimble::kernel {

void print(const char* text);

/// Eight digits, no prefix.
void print_hex(std::uint32_t value);

void print_decimal(std::uint32_t value);

}  // namespace thimble::kernel
