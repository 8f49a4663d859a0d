// User mode: a function that runs with no more rights than it needs. It reads code and constants,
// reads and writes its own regions of memory, and asks the kernel for the rest; whatever else it
// tries is a fault that names its task. Safe kernel only.
//
//     alignas(16) constinit std::byte stack[1024];
//     constexpr kernel::UserRegion kRegions[] = {{stack}, {arena}};
//     constinit kernel::UserService services[] = {kernel::take_service(input_ready)};
//     constexpr kernel::UserConfig kInference{.stack = stack, .regions = kRegions, .services =
//     services};
//
//     void inference_task(void*) { kernel::run_as_user(kInference, infer, 0); }   // in machine
//     mode std::uint32_t infer(std::uint32_t) { user::call(0); ... return 0; }          // in user
//     mode
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "kernel/config.h"
#include "kernel/semaphore.h"

#if !THIMBLE_SAFE
#error "user mode needs the safe kernel: its memory protection is what confines it"
#endif

namespace thimble::kernel {

/// Memory that user mode may read and, if so, write: starts and ends at a multiple of 4 bytes, or
/// of the core's PMP granularity if that is larger.
struct UserRegion {
  template <std::size_t kExtent>
  constexpr UserRegion(std::span<std::byte, kExtent> memory)  // NOLINT(google-explicit-constructor)
      : bytes(memory), writable(true) {}
  template <std::size_t kBytes>
  constexpr UserRegion(std::byte (&memory)[kBytes])  // NOLINT(google-explicit-constructor)
      : bytes(memory), writable(true) {}
  constexpr explicit UserRegion(std::span<const std::byte> memory, bool can_write)
      : bytes(memory), writable(can_write) {}

  std::span<const std::byte> bytes;
  bool writable;
};
inline constexpr std::size_t kMostUserRegions = 4;

/// What user mode may ask for besides the kernel's own calls: a function that runs in machine mode,
/// in its task, and may wait. It must not trust `a` and `b` (see user_may_read()).
struct UserService {
  std::uint32_t (*function)(void* context, std::uint32_t a, std::uint32_t b);
  void* context = nullptr;
};

/// Takes a permission of `semaphore`, waiting for it; its Status.
[[nodiscard]] constexpr UserService take_service(Semaphore& semaphore) {
  return {[](void* context, std::uint32_t, std::uint32_t) {
            return static_cast<std::uint32_t>(static_cast<Semaphore*>(context)->take());
          },
          &semaphore};
}

/// Gives one.
[[nodiscard]] constexpr UserService give_service(Semaphore& semaphore) {
  return {[](void* context, std::uint32_t, std::uint32_t) {
            static_cast<Semaphore*>(context)->give();
            return std::uint32_t{0};
          },
          &semaphore};
}

struct UserConfig {
  std::span<std::byte> stack;  ///< lies in one of the regions
  std::span<const UserRegion> regions;
  std::span<const UserService> services = {};
};

using UserFunction = std::uint32_t (*)(std::uint32_t a, std::uint32_t b, std::uint32_t c);

/// Runs function(a, b, c) in user mode, in the running task, and returns its result. Calls of the
/// kernel, interrupts and preemption use the task's own stack, which user mode cannot reach.
/// Several tasks may do so, each with a stack of its own. `config` must outlive it. Not for
/// interrupts.
std::uint32_t run_as_user(const UserConfig& config, UserFunction function, std::uint32_t a = 0,
                          std::uint32_t b = 0, std::uint32_t c = 0);

/// For services: whether all of these bytes are what the user of this task may read, or write.
[[nodiscard]] bool user_may_read(const UserConfig& config, std::uintptr_t start, std::size_t bytes);
[[nodiscard]] bool user_may_write(const UserConfig& config, std::uintptr_t start,
                                  std::size_t bytes);

}  // namespace thimble::kernel

/// What runs in user mode calls these; tasks in machine mode call what they stand for.
namespace thimble::user {

/// Asks for service `index` of the UserConfig; one that is not there is a fault.
std::uint32_t call(std::uint32_t index, std::uint32_t a = 0, std::uint32_t b = 0);

void yield();
void sleep_until(kernel::Deadline deadline);
[[nodiscard]] time::Ticks now();

/// On the console; text that it must not read is a fault.
void print(std::string_view text);

}  // namespace thimble::user
