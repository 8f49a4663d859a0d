// User mode's memory and its calls of the kernel. See kernel/user.h and user.S.
#include "kernel/config.h"

#if THIMBLE_SAFE
#include <algorithm>

#include "kernel/arch/riscv/interrupts.h"
#include "kernel/arch/riscv/stack_paint.h"
#include "kernel/arch/riscv/user_frame.h"
#include "kernel/arch/riscv/user_mode.h"
#include "kernel/image.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/task.h"

namespace thimble::kernel {

extern "C" std::uint32_t kernel_enter_user(const UserConfig& config, UserFunction function,
                                           const std::uint32_t* arguments, std::byte* stack_top);

namespace {

constexpr std::uint8_t kRead = 1;
constexpr std::uint8_t kWrite = 2;
constexpr std::uint8_t kUpTo = 1U << 3U;  // from the entry before it, to this one's address

// Entries 7 to 14: of each pair one holds a region's start, the other its end and the rights.
constinit const UserConfig* opened = nullptr;
constinit std::uint32_t opened_rights[2] = {};

void set_region(std::size_t index, std::uint32_t start, std::uint32_t end) {
  // Safety: entries of user mode only, which are off while machine mode runs.
  switch (index) {
    case 0:
      asm volatile("csrw pmpaddr7, %0\n csrw pmpaddr8, %1" : : "r"(start), "r"(end));
      break;
    case 1:
      asm volatile("csrw pmpaddr9, %0\n csrw pmpaddr10, %1" : : "r"(start), "r"(end));
      break;
    case 2:
      asm volatile("csrw pmpaddr11, %0\n csrw pmpaddr12, %1" : : "r"(start), "r"(end));
      break;
    default:
      asm volatile("csrw pmpaddr13, %0\n csrw pmpaddr14, %1" : : "r"(start), "r"(end));
  }
}

// A core with fewer entries ignores what is written: that must not pass unnoticed.
void require_entries() {
  std::uint32_t first;
  std::uint32_t last;
  // Safety: all ones and back, in entries that are off.
  asm volatile(
      "csrw pmpaddr7, %2\n"
      "csrw pmpaddr14, %2\n"
      "csrrw %0, pmpaddr7, zero\n"
      "csrrw %1, pmpaddr14, zero"
      : "=&r"(first), "=&r"(last)
      : "r"(UINT32_MAX >> 2U));
  require(first != 0 && last != 0, "this core has too few PMP entries for user mode");
}

bool contains(std::span<const std::byte> memory, std::uintptr_t start, std::size_t bytes) {
  const std::uintptr_t offset = start - reinterpret_cast<std::uintptr_t>(memory.data());
  return offset <= memory.size() && bytes <= memory.size() - offset;
}

}  // namespace

/// Lets user mode, once it runs, have the regions of `config`. pmpcfg2, and in the upper half
/// pmpcfg3.
extern "C" std::uint64_t kernel_open_regions(const UserConfig& config) {
  if (&config != opened) {
    opened = &config;
    std::uint8_t rights[8] = {};
    for (std::size_t i = 0; i < config.regions.size(); ++i) {
      const UserRegion& region = config.regions[i];
      const auto start = reinterpret_cast<std::uintptr_t>(region.bytes.data());
      set_region(i, start >> 2U, (start + region.bytes.size()) >> 2U);
      rights[2 * i] = kUpTo | kRead | (region.writable ? kWrite : 0);
    }
    opened_rights[0] = rights[0] | std::uint32_t{rights[2]} << 16U;
    opened_rights[1] = rights[4] | std::uint32_t{rights[6]} << 16U;
  }
  return opened_rights[0] | std::uint64_t{opened_rights[1]} << 32U;
}

const UserConfig* opened_user() {
  return opened;
}

bool user_may_write(const UserConfig& config, std::uintptr_t start, std::size_t bytes) {
  return std::ranges::any_of(config.regions, [&](const UserRegion& region) {
    return region.writable && contains(region.bytes, start, bytes);
  });
}

bool user_may_read(const UserConfig& config, std::uintptr_t start, std::size_t bytes) {
  const std::span constants(image_text_start, image_rodata_end);
  return contains(constants, start, bytes) ||
         std::ranges::any_of(config.regions, [&](const UserRegion& region) {
           return contains(region.bytes, start, bytes);
         });
}

std::uint32_t run_as_user(const UserConfig& config, UserFunction function, std::uint32_t a,
                          std::uint32_t b, std::uint32_t c) {
  require(!in_interrupt(), "an interrupt must not enter user mode");
  require(config.regions.size() <= kMostUserRegions, "too many regions of user mode");
  for (const UserRegion& region : config.regions) {
    const auto start = reinterpret_cast<std::uintptr_t>(region.bytes.data());
    require((start | region.bytes.size()) % 4 == 0, "a region of user mode is not of whole words");
  }
  const auto stack = reinterpret_cast<std::uintptr_t>(config.stack.data());
  require(
      user_may_write(config, stack, config.stack.size()) && (stack | config.stack.size()) % 16 == 0,
      "user mode's stack lies in none of its regions, or at no multiple of 16");
  {
    const InterruptLock lock;
    opened = nullptr;
    require_entries();
  }
  auto* const words = reinterpret_cast<std::uint32_t*>(config.stack.data());
  // Safety: the stack of a function that does not run yet.
  std::fill(words, words + config.stack.size() / 4, STACK_PAINT);
  const std::uint32_t arguments[] = {a, b, c};
  return kernel_enter_user(config, function, arguments, config.stack.data() + config.stack.size());
}

/// A call from user mode, on its task's stack, with interrupts on. Nothing of it can be trusted.
extern "C" std::uint64_t kernel_user_call(std::uint32_t a, std::uint32_t b, std::uint32_t number,
                                          const UserConfig& config) {
  switch (number) {
    case USER_CALL_YIELD:
      yield();
      return 0;
    case USER_CALL_SLEEP_UNTIL:
      sleep_until(a | std::uint64_t{b} << 32U);
      return 0;
    case USER_CALL_NOW:
      return time::now();
    case USER_CALL_PRINT:
      require(user_may_read(config, a, b), "user mode prints what it must not read");
      for (std::uint32_t i = 0; i < b; ++i) {
        // Safety: checked just now.
        const char text[2] = {reinterpret_cast<const char*>(a)[i],
                              0};  // NOLINT(performance-no-int-to-ptr)
        print(text);
      }
      return 0;
    default: {
      const std::uint32_t index = number - USER_CALL_SERVICE;
      require(index < config.services.size(), "user mode calls what it was not given");
      const UserService& service = config.services[index];
      return service.function(service.context, a, b);
    }
  }
}

}  // namespace thimble::kernel
#endif
