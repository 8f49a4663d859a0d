// The flash says what it is, and can be read before and after. Its content is the host's
// (tests/target/drivers.py): the word at 4 i is i * kFactor, but
// for the first ones, which lead a reset into RAM.
#include "drivers/flash.h"
#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"

namespace thimble::kernel {
namespace {

constexpr std::uint32_t kFactor = 0x9e37'79b1;

void check_words(std::uint32_t offset) {
  std::uint32_t words[16];
  flash::read(offset, std::as_writable_bytes(std::span(words)));
  for (std::uint32_t i = 0; i < 16; ++i) {
    require(words[i] == (offset / 4 + i) * kFactor, "the flash holds what it was given");
  }
}

void check_bytes(std::uint32_t offset) {
  std::byte bytes[7];
  flash::read(offset, bytes);
  for (std::uint32_t i = 0; i < 7; ++i) {
    const std::uint32_t place = offset + i;
    const std::uint32_t word = place / 4 * kFactor;
    require(bytes[i] == std::byte{static_cast<std::uint8_t>(word >> (place % 4 * 8))},
            "bytes at any place");
  }
}

void check_content(std::uint32_t bytes) {
  for (std::uint32_t offset = 64; offset + 64 <= bytes; offset += bytes / 16) check_words(offset);
  check_words(bytes - 64);
  for (std::uint32_t offset = 1001; offset < 1009; ++offset) check_bytes(offset);
}

void print_field(const char* name, std::uint32_t value) {
  print(name);
  print(" ");
  print_decimal(value);
  print("\n");
}

}  // namespace

int main_task() {
  check_words(64);
  for (int i = 0; i < 2; ++i) {  // a query leaves nothing behind
    const auto geometry = flash::query();
    require(geometry.has_value(), "the flash answers");
    check_content(geometry->bytes);
    if (i == 0) continue;
    print_field("bytes", geometry->bytes);
    print_field("erase_block_bytes", geometry->erase_block_bytes);
    print_field("erase_blocks", geometry->erase_blocks);
    print_field("erase_regions", geometry->erase_regions);
    print_field("command_set", geometry->command_set);
  }
  print("TEST PASSED\n");
  return 0;
}

}  // namespace thimble::kernel
