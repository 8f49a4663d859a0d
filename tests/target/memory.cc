// memcpy, memmove, memset and memcmp over all alignments of both sides and all small lengths,
// against loops that are plainly right.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"

namespace thimble::kernel {
namespace {

constexpr std::size_t kBytes = 96;
constexpr std::size_t kMaxLength = 28;

struct Buffer {
  alignas(16) std::uint8_t bytes[kBytes];
};

Buffer source;
Buffer actual;
Buffer expected;

void number(Buffer& buffer, std::uint8_t seed) {
  for (std::size_t i = 0; i < kBytes; ++i) {
    buffer.bytes[i] = static_cast<std::uint8_t>(seed + 37 * i + (i >> 3U));
  }
}

void require_same(const char* what) {
  for (std::size_t i = 0; i < kBytes; ++i) require(actual.bytes[i] == expected.bytes[i], what);
}

void test_copy_and_compare(std::size_t to, std::size_t from, std::size_t length) {
  number(source, 1);
  number(actual, 100);
  number(expected, 100);
  for (volatile std::size_t i = 0; i < length; i = i + 1) {
    expected.bytes[to + i] = source.bytes[from + i];
  }
  std::uint8_t* const target = actual.bytes + to;
  require(memcpy(target, source.bytes + from, length) == target, "memcpy returns its target");
  require_same("memcpy");

  require(memcmp(target, source.bytes + from, length) == 0, "memcmp of equals");
  for (std::size_t i = 0; i < length; ++i) {
    const std::uint8_t kept = target[i];
    const int sign = kept < 128 ? 1 : -1;
    target[i] = static_cast<std::uint8_t>(kept + sign * 128);
    const int result = memcmp(target, source.bytes + from, length);
    require((result > 0) == (sign > 0) && result != 0, "memcmp of different");
    target[i] = kept;
  }
}

void test_move(std::size_t to, std::size_t from, std::size_t length) {
  number(actual, 7);
  number(source, 7);
  number(expected, 7);
  for (volatile std::size_t i = 0; i < length; i = i + 1) {
    expected.bytes[to + i] = source.bytes[from + i];
  }
  std::uint8_t* const target = actual.bytes + to;
  require(memmove(target, actual.bytes + from, length) == target, "memmove returns its target");
  require_same("memmove");
}

void test_set(std::size_t to, std::size_t length) {
  number(actual, 9);
  number(expected, 9);
  for (volatile std::size_t i = 0; i < length; i = i + 1) expected.bytes[to + i] = 0xc3;
  std::uint8_t* const target = actual.bytes + to;
  // NOLINTNEXTLINE(bugprone-suspicious-memset-usage): only the low byte counts
  require(memset(target, 0x1c3, length) == target, "memset returns its target");
  require_same("memset");
}

}  // namespace

int main_task() {
  for (std::size_t length = 0; length <= kMaxLength; ++length) {
    for (std::size_t to = 0; to < 4; ++to) {
      test_set(16 + to, length);
      for (std::size_t from = 0; from < 4; ++from) test_copy_and_compare(16 + to, from, length);
      for (std::size_t from = 0; from < 34; ++from) test_move(16 + to, from, length);
    }
  }
  print("TEST PASSED\n");
  return 0;
}

}  // namespace thimble::kernel
