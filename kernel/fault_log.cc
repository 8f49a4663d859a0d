// See fault_log.h.
#include "kernel/fault_log.h"

#include <cstddef>
#include <cstdint>

#include "kernel/config.h"
#include "kernel/print.h"

#if THIMBLE_SAFE
namespace thimble::kernel::fault_log {
namespace {

constexpr std::uint32_t kMagic = 0x7468'696d;
constexpr std::size_t kBytes = 1500;

struct Kept {
  std::uint32_t magic;  // only if it is whole
  std::uint32_t length;
  std::uint32_t sum;
  char text[kBytes];
};

// Beyond all sections (sections.ld): memory has any content after power-up.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers,readability-identifier-naming)
extern "C" Kept kernel_fault_record asm("__fault_record");
constinit bool is_open = false;

std::uint32_t sum_of(const Kept& kept) {
  std::uint32_t sum = kMagic;
  for (std::uint32_t i = 0; i < kept.length; ++i) {
    sum = sum * 31 + static_cast<std::uint8_t>(kept.text[i]);
  }
  return sum;
}

}  // namespace

void open() {
  if (is_open) return;
  kernel_fault_record.magic = 0;
  kernel_fault_record.length = 0;
  is_open = true;
}

void add(const char* text) {
  Kept& kept = kernel_fault_record;
  for (; is_open && *text != 0 && kept.length < kBytes; ++text) kept.text[kept.length++] = *text;
}

void close() {
  is_open = false;
  kernel_fault_record.sum = sum_of(kernel_fault_record);
  kernel_fault_record.magic = kMagic;
}

void show() {
  Kept& kept = kernel_fault_record;
  const bool whole = kept.magic == kMagic && kept.length <= kBytes && kept.sum == sum_of(kept);
  kept.magic = 0;
  if (!whole) return;
  bool line_begins = true;
  for (std::uint32_t i = 0; i < kept.length; ++i) {
    const char text[2] = {kept.text[i], 0};
    if (line_begins && text[0] != '\n') print("LAST ");
    line_begins = text[0] == '\n';
    print(text);
  }
}

}  // namespace thimble::kernel::fault_log
#endif
