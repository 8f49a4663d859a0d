// Faults of the safe kernel, one for each letter that the host sends: each must be caught, at once,
// and be reported so that one knows who it was. The machine is reset after the report; the next
// boot shows it and ends.
#include "drivers/software_interrupt.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/fault_log.h"
#include "kernel/supervisor.h"
#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

THIMBLE_STACK Stack<512> culprit_stack;
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
      set_handler(Interrupt::kSoftware, [] { *anywhere<int>(16) = 1; });
      software_interrupt::raise();
      break;
    case 'w':
      heart.beat();
      supervise(kHearts, 2 * time::kTicksPerMillisecond);
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
