// See print.h.
#include "shell/print.h"

#include <cstring>

namespace thimble::shell {
namespace {

void print_spaces(unsigned used, unsigned width) {
  for (; used < width; ++used) kernel::print(" ");
}

unsigned digits(std::uint32_t value) {
  unsigned count = 1;
  for (; value >= 10; value /= 10) ++count;
  return count;
}

}  // namespace

constinit kernel::Mutex console_mutex;

void print_left(const char* text, unsigned width) {
  kernel::print(text);
  print_spaces(std::strlen(text), width);
}

void print_right(std::uint32_t value, unsigned width) {
  print_spaces(digits(value), width);
  kernel::print_decimal(value);
}

void print_tenths(std::uint32_t value, unsigned width) {
  print_spaces(digits(value / 10) + 2, width);
  kernel::print_decimal(value / 10);
  kernel::print(".");
  kernel::print_decimal(value % 10);
}

}  // namespace thimble::shell
