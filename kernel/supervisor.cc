// See supervisor.h.
#include "kernel/supervisor.h"

#include "drivers/watchdog.h"
#include "kernel/config.h"
#include "kernel/fault_log.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/timer.h"

namespace thimble::kernel {
namespace {

constinit std::span<Heartbeat* const> supervised;

constinit Timer rounds([](void*) {
  const auto now = static_cast<std::uint32_t>(time::now());
  for (const Heartbeat* heart : supervised) {
    if (!heart->late(now)) continue;
    if constexpr (kSafe) fault_log::open();
    print("\nFAULT: no heartbeat of ");
    print(heart->name());
    panic("a task is stuck");
  }
  watchdog::feed();
});

}  // namespace

void supervise(std::span<Heartbeat* const> hearts, std::uint32_t period) {
  supervised = hearts;
  watchdog::start(time::Ticks{period} * 4);
  rounds.start(time::now() + period, period);
}

}  // namespace thimble::kernel
