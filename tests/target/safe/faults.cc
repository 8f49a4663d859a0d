// Faults of the safe kernel, one for each letter that the host sends: each must be caught, at once,
// and be reported so that one knows who it was. The machine is reset after the report; the next
// boot shows it and ends.
#include "board.h"
#include "drivers/software_interrupt.h"
#include "drivers/watchdog.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/fault_log.h"
#include "kernel/supervisor.h"
#include "kernel/timer.h"
#include "kernel/user.h"
#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

THIMBLE_STACK Stack<768> culprit_stack;
THIMBLE_STACK Stack<512> bystander_stack;
constinit Task culprit;
constinit Task bystander;

constexpr std::uint32_t kConstants[4] = {1, 2, 3, 4};
constinit Heartbeat heart("culprit", 5 * time::kTicksPerMillisecond);
constinit Heartbeat* const kHearts[] = {&heart};

[[gnu::noinline]] int overflow(int depth) {
  volatile int frame[8] = {depth};
  const int below = depth < 1000 ? overflow(depth + 1) : 0;
  return below + frame[0];
}

// Hides from the compiler where a pointer leads.
template <typename T>
volatile T* anywhere(std::uintptr_t address) {
  asm("" : "+r"(address));
  return reinterpret_cast<volatile T*>(address);  // NOLINT(performance-no-int-to-ptr)
}

alignas(16) constinit std::byte user_stack[256];
alignas(64) constinit std::byte shown[64];
constexpr UserRegion kRegions[] = {{user_stack}, UserRegion(shown, false)};
constexpr UserConfig kUser{.stack = user_stack, .regions = kRegions};

// Each is tried in user mode, which has none of these rights.
[[gnu::noinline]] std::uint32_t faulting_user(std::uint32_t what, std::uint32_t, std::uint32_t) {
  switch (what) {
    case 'U':
      *anywhere<int>(reinterpret_cast<std::uintptr_t>(&culprit)) = 1;
      break;
    case 'L':
      return *anywhere<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&bystander));
    case 'R':
      *anywhere<int>(reinterpret_cast<std::uintptr_t>(shown)) = 1;
      break;
    case 'D':
      *anywhere<int>(board::kUartAddress) = 'x';
      break;
    case 'C':
      // Safety: user mode has no such register: it traps.
      asm volatile("csrw mtvec, zero");
      break;
    case 'O':
      return static_cast<std::uint32_t>(overflow(0));
    case 'S':
      return user::call(3);
    case 'P':
      user::print({reinterpret_cast<const char*>(&bystander), 4});
      break;
    case 'H':
      // Safety: user mode with no stack at all: the kernel must not use it.
      asm volatile("li sp, 64\n li tp, 0\n li gp, 0\n 1: j 1b");
      break;
    default:
      break;
  }
  return 0;
}

void handle_with_fault() {
  *anywhere<int>(16) = 1;
}

[[gnu::noinline]] void faulting_function(char what) {
  switch (what) {
    case 'o':
      overflow(0);
      break;
    case 'n':
      *anywhere<int>(16) = 1;
      break;
    case 'l':
      static_cast<void>(*anywhere<int>(0));
      break;
    case 'r':
      *anywhere<std::uint32_t>(reinterpret_cast<std::uintptr_t>(kConstants)) = 5;
      break;
    case 't':
      *anywhere<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&faulting_function)) = 5;
      break;
    case 'i':
      asm volatile(".word 0");
      break;
    case 'h':
      set_handler(Interrupt::kSoftware, handle_with_fault);
      software_interrupt::raise();
      break;
    case 'I': {  // an interrupt's own bug, within another
      static constinit Timer timer([](void*) { handle_with_fault(); });
      set_handler(Interrupt::kSoftware, [] {
        software_interrupt::clear();
        timer.start(time::now());
        const NestedInterrupts nested;
        while (timer.running()) {
        }
      });
      software_interrupt::raise();
      break;
    }
    case 'H':  // an interrupt of user mode faults
      set_handler(Interrupt::kSoftware, handle_with_fault);
      static constinit Timer soon([](void*) { software_interrupt::raise(); });
      soon.start(time::now() + time::kTicksPerMillisecond);
      [[fallthrough]];
    case 'U':
    case 'L':
    case 'R':
    case 'D':
    case 'C':
    case 'O':
    case 'S':
    case 'P':
      run_as_user(kUser, faulting_user, static_cast<std::uint32_t>(what));
      break;
    case 'w':
      heart.beat();
      supervise(kHearts, 2 * time::kTicksPerMillisecond);
      while (true) {
      }
    case 'b':
      watchdog::start(2 * time::kTicksPerMillisecond);
      while (true) {
      }
    case 'p':
      panic("found a bug");
    default:
      panic("no such fault");
  }
  asm volatile("");  // no tail call
}

void fault(void* what) {
  faulting_function(*static_cast<const char*>(what));
  panic("nothing happened");
}

constexpr TaskConfig kBystander{.name = "bystander",
                                .entry = [](void*) { sleep(time::kTicksPerSecond); },
                                .priority = 3,
                                .stack = bystander_stack};

constinit char letter = 0;
constexpr TaskConfig kCulprit{
    .name = "culprit", .entry = fault, .argument = &letter, .priority = 7, .stack = culprit_stack};

}  // namespace

int main_task() {
  print("fault?\n");
  letter = std::to_integer<char>(uart::read());
  if (letter == 'q') return 0;  // after the reset
  bystander.start(kBystander);
  culprit.start(kCulprit);
  run_tasks();
}

}  // namespace thimble::kernel
