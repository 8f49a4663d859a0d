// The supervisor feeds the watchdog for as long as every task that promised a heartbeat keeps its
// promise. A long inference beats between its dispatches; a task that waits for the world rests.
//
//     constinit kernel::Heartbeat inference_heart("inference", 50 * time::kTicksPerMillisecond);
//     constinit kernel::Heartbeat* const hearts[] = {&inference_heart};
//     kernel::supervise(hearts, 20 * time::kTicksPerMillisecond);
#pragma once

#include <cstdint>
#include <span>

#include "kernel/time.h"

namespace thimble::kernel {

class Heartbeat {
 public:
  /// At most `limit` ticks lie between two beats.
  constexpr Heartbeat(const char* name, std::uint32_t limit) : name_(name), limit_(limit) {}
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  /// Its task is alive. Callable from anywhere.
  void beat() {
    last_ = static_cast<std::uint32_t>(time::now());
    resting_ = false;
  }

  /// No beat is due until the next one: the task is about to wait for the world. It rests at first.
  /// Callable from anywhere.
  void rest() { resting_ = true; }

  [[nodiscard]] const char* name() const { return name_; }
  [[nodiscard]] bool late(std::uint32_t now) const { return !resting_ && now - last_ > limit_; }

 private:
  const char* name_;
  std::uint32_t limit_;
  volatile std::uint32_t last_ = 0;
  volatile bool resting_ = true;
};

/// Starts the watchdog and looks after `hearts` every `period` ticks; a late one is a fault that
/// names it. Call once.
void supervise(std::span<Heartbeat* const> hearts, std::uint32_t period);

}  // namespace thimble::kernel
