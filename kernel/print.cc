// Text on the console.
#include "kernel/print.h"

#include <cstring>
#include <span>

#include "drivers/uart.h"
#include "kernel/config.h"
#include "kernel/fault_log.h"

namespace thimble::kernel {

void print(const char* text) {
  if constexpr (kSafe) fault_log::add(text);
  uart::write(std::as_bytes(std::span(text, std::strlen(text))));
}

void print_hex(std::uint32_t value) {
  char digits[9];
  digits[8] = 0;
  for (unsigned i = 8; i-- > 0; value >>= 4U) {
    digits[i] = "0123456789abcdef"[value & 0xfU];
  }
  print(digits);
}

void print_decimal(std::uint32_t value) {
  char digits[11];
  unsigned first = sizeof digits;
  digits[--first] = 0;
  do {
    digits[--first] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  print(digits + first);
}

}  // namespace thimble::kernel
