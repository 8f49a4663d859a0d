// Inference in user mode: the plan, the generated code and the microkernels reach constants, their
// stack and their arena, and nothing else. What they would destroy by a mistake is a fault that
// names the task.
#pragma once

#include <cstddef>
#include <span>

#include "kernel/user.h"
#include "runtime/tasks/inference.h"

namespace thimble::runtime {

/// As Inference, but confined. The task that calls run() stays in machine mode: it fills in the
/// inputs and reads the outputs.
class UserInference : private Inference {
 public:
  /// `stack` is the model's, not its task's. Both memories as kernel::UserRegion wants them.
  constexpr UserInference(std::span<std::byte> stack, std::span<std::byte> arena,
                          kernel::Heartbeat* heart = nullptr)
      : Inference(heart),
        arena_(arena),
        regions_{stack, arena},
        services_{{step_service, static_cast<Inference*>(this)}},
        config_{stack, regions_, services_} {}

  using Inference::cancel;

  /// As Inference::run().
  [[nodiscard]] Status run(const Plan& plan, kernel::Deadline deadline = kernel::kForever) {
    begin(deadline);
    const Status status{kernel::run_as_user(config_, infer, reinterpret_cast<std::uintptr_t>(&plan),
                                            reinterpret_cast<std::uintptr_t>(arena_.data()),
                                            arena_.size())};
    end();
    return status;
  }

 private:
  // In machine mode.
  static std::uint32_t step_service(void* inference, std::uint32_t step, std::uint32_t) {
    return step_done(inference, step) ? 1 : 0;
  }

  // In user mode.
  static bool user_step_done(void*, std::uint32_t step) { return user::call(0, step) != 0; }
  static std::uint32_t infer(std::uint32_t plan, std::uint32_t arena, std::uint32_t bytes) {
    // Safety: run()'s own values.
    return thimble_run(reinterpret_cast<const Plan*>(plan), reinterpret_cast<std::byte*>(arena),
                       bytes, user_step_done, nullptr);
  }

  std::span<std::byte> arena_;
  kernel::UserRegion regions_[2];
  kernel::UserService services_[1];
  kernel::UserConfig config_;
};

}  // namespace thimble::runtime
