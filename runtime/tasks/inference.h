// Inference as a task among others: it may be cancelled, has a deadline, and shows the supervisor
// that it is alive. A task runs it at low priority and is preempted anywhere; only the memory that
// it works in must not be shared at the same time (SharedArena).
//
// Needs the kernel, so it is no part of a model's library.
#pragma once

#include <cstddef>
#include <span>

#include "kernel/mutex.h"
#include "kernel/supervisor.h"
#include "runtime/runtime.h"

namespace thimble::runtime {

/// An arena for several models that do not run at the same time: as large as the largest needs.
/// Hold `mutex` from the writing of inputs until the outputs are read.
template <std::size_t kBytes>
struct SharedArena {
  kernel::Mutex mutex;
  alignas(kArenaAlignment) std::byte bytes[kBytes]{};
};

/// Runs that can be ended from outside, between two steps of the plan.
class Inference {
 public:
  /// `heart`, if there is one, beats after each step.
  constexpr explicit Inference(kernel::Heartbeat* heart = nullptr) : heart_(heart) {}
  Inference(const Inference&) = delete;
  Inference& operator=(const Inference&) = delete;

  /// As runtime::run(); StatusCode::kCancelled also once tick `deadline` has passed. Not for
  /// interrupts.
  [[nodiscard]] Status run(const Plan& plan, std::span<std::byte> arena,
                           kernel::Deadline deadline = kernel::kForever) {
    begin(deadline);
    const Status status = runtime::run(plan, arena, step_done, this);
    end();
    return status;
  }

  /// Ends the run that goes on, if any, after the step it is in. Callable from anywhere.
  void cancel() { cancelled_ = true; }

 protected:
  void begin(kernel::Deadline deadline) {
    cancelled_ = false;
    deadline_ = deadline;
    if (heart_ != nullptr) heart_->beat();
  }
  void end() {
    if (heart_ != nullptr) heart_->rest();
  }
  static bool step_done(void* context, std::uint32_t /*step*/) {
    const auto& inference = *static_cast<const Inference*>(context);
    if (inference.heart_ != nullptr) inference.heart_->beat();
    if (inference.cancelled_) return false;
    return inference.deadline_ == kernel::kForever || time::now() < inference.deadline_;
  }

 private:
  kernel::Heartbeat* heart_;
  kernel::Deadline deadline_ = kernel::kForever;
  volatile bool cancelled_ = false;
};

}  // namespace thimble::runtime
