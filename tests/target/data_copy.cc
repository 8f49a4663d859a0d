// Initialized variables have their values and zeroed ones are zero when the main task starts, and
// both are in RAM.
#include <cstdint>

#include "kernel/image.h"
#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"

namespace thimble::kernel {
namespace {

// Volatile: the compiler must neither know the values nor make them constants.
volatile std::uint32_t words[] = {0x01234567, 0x89abcdef, 0xfedcba98};
volatile std::uint8_t byte = 0x5a;
volatile std::uint32_t zeros[100];

}  // namespace

int main_task() {
  require(words[0] == 0x01234567 && words[1] == 0x89abcdef && words[2] == 0xfedcba98,
          "words have their values");
  require(byte == 0x5a, "a byte has its value");
  for (const volatile std::uint32_t& zero : zeros) require(zero == 0, "zeros are zero");
  words[1] = words[1] + 1;
  require(words[1] == 0x89abcdf0, "variables can change");
  require(reinterpret_cast<std::uintptr_t>(image_data_start) >= 0x8000'0000, "data is in RAM");
  print("TEST PASSED\n");
  return 0;
}

}  // namespace thimble::kernel
