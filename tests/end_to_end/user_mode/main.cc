// A compiled model in user mode, with the safe kernel: it gets a ramp, is interrupted all the time,
// and prints its answer. MODEL is its name, MODEL_HEADER its header.
#include MODEL_HEADER

#include <array>

#include "drivers/exit.h"
#include "drivers/uart.h"
#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/task.h"
#include "runtime/tasks/user_inference.h"

namespace thimble::kernel {
namespace {

namespace model = thimble::model::MODEL;

constexpr std::size_t kStackBytes = 8192;

THIMBLE_STACK Stack<1024> inference_stack;
THIMBLE_STACK Stack<1024> busy_stack;
constinit Task inferring;
constinit Task busy;
alignas(16) constinit std::byte user_stack[kStackBytes];
alignas(model::kArenaAlignment) constinit std::array<std::byte,
                                                     (model::kArenaBytes + 3) / 4 * 4> arena{};
constinit runtime::UserInference inference(user_stack, arena);

void infer(void*) {
  const std::span<std::byte, model::kArenaBytes> bytes(arena.data(), model::kArenaBytes);
  const auto inputs = model::input_0(bytes);
  for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i] = static_cast<std::int8_t>(i % 256);
  require(inference.run(model::kPlan).ok(), "the model runs");
  print("output");
  for (const std::int8_t value : model::output_0(bytes)) {
    print(value < 0 ? " -" : " ");
    print_decimal(static_cast<std::uint32_t>(value < 0 ? -value : value));
  }
  print("\n");
  uart::flush();
  exit_program(0);
}

void disturb(void*) {
  for (time::Ticks pause = 1;; pause = pause * 7 % 2003) sleep(pause);
}

constexpr TaskConfig kInferring{
    .name = "inference", .entry = infer, .priority = 20, .stack = inference_stack};
constexpr TaskConfig kBusy{.name = "busy", .entry = disturb, .priority = 5, .stack = busy_stack};

}  // namespace

int main_task() {
  inferring.start(kInferring);
  busy.start(kBusy);
  run_tasks();
}

}  // namespace thimble::kernel
