// Two models in one firmware share an arena under its mutex. Two tasks of one priority run one
// each, on inputs made from numbers, and tell all outputs; a third, more urgent, wakes all the
// time. Each inference is longer than a time slice, so both tasks are in the middle of one most of
// the time, and only the mutex keeps them apart.
#include <algorithm>

#include "autoencoder.hpp"
#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/semaphore.h"
#include "kernel/task.h"
#include "keyword_dscnn.hpp"
#include "runtime/models.h"
#include "runtime/tasks/inference.h"
#include "shell/print.h"
#include "shell/shell.h"

namespace thimble {
namespace {

constexpr std::size_t kArenaBytes =
    std::max(model::keyword_dscnn::kArenaBytes, model::autoencoder::kArenaBytes);
constinit runtime::SharedArena<kArenaBytes> arena;

constinit kernel::Semaphore begin_inferring;
constinit kernel::Semaphore inferred;
constinit std::uint32_t rounds = 0;
constinit volatile std::uint32_t preemptions = 0;

// As the test makes them.
void make_input(std::span<std::byte> bytes, std::uint32_t seed) {
  for (std::byte& byte : bytes) {
    seed = seed * 1'664'525 + 1'013'904'223;
    byte = static_cast<std::byte>(seed >> 24U);
  }
}

void print_bytes(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const std::byte byte : bytes) {
    const auto value = std::to_integer<unsigned>(byte);
    const char text[] = {kDigits[value >> 4U], kDigits[value & 15U], 0};
    kernel::print(text);
  }
}

void infer_once(const runtime::ModelView& model, std::uint32_t seed) {
  runtime::Inference inference;
  const kernel::MutexLock lock(arena.mutex);
  const std::span<std::byte> memory(arena.bytes);
  const runtime::TensorView& input = model.inputs[0];
  make_input(memory.subspan(input.offset, input.bytes), seed);
  kernel::require(inference.run(*model.plan, memory).ok(), "it runs");
  const runtime::TensorView& output = model.outputs[0];
  const kernel::MutexLock console(shell::console_mutex);
  kernel::print("output ");
  kernel::print(model.name);
  kernel::print(" ");
  kernel::print_decimal(seed);
  kernel::print(" ");
  print_bytes(memory.subspan(output.offset, output.bytes));
  kernel::print("\n");
}

void infer(void* which) {
  const std::uint32_t index = *static_cast<const std::uint32_t*>(which);
  while (true) {
    if (begin_inferring.take() != kernel::Status::kOk) continue;
    for (std::uint32_t round = 0; round < rounds; ++round) {
      infer_once(runtime::models()[index], 2 * round + index);
    }
    inferred.give();
  }
}

void preempt(void* /*argument*/) {
  for (time::Ticks pause = 1;; pause = pause * 7 % 1009) {
    kernel::sleep(pause);
    preemptions = preemptions + 1;
  }
}

void infer_rounds(shell::Arguments arguments) {
  rounds = arguments.empty() ? 1 : shell::parse_number(arguments[0]).value_or(1);
  const std::uint32_t before = preemptions;
  begin_inferring.give();
  begin_inferring.give();
  for (int task = 0; task < 2; ++task) {
    while (inferred.take() != kernel::Status::kOk) {
    }
  }
  kernel::print("preempted ");
  kernel::print_decimal(preemptions - before);
  kernel::print(" times\n");
}

constexpr shell::Command kCommands[] = {
    {"infer", "[ROUNDS]: both tasks, so many times", infer_rounds, true}};

THIMBLE_STACK kernel::Stack<4096> first_stack;
THIMBLE_STACK kernel::Stack<4096> second_stack;
THIMBLE_STACK kernel::Stack<1024> preempting_stack;
THIMBLE_STACK kernel::Stack<4096> shell_stack;
constinit kernel::Task first_task;
constinit kernel::Task second_task;
constinit kernel::Task preempting_task;
constinit kernel::Task shell_task;

constinit std::uint32_t first_model = 0;
constinit std::uint32_t second_model = 1;

constinit const kernel::TaskConfig kFirst{.name = "first",
                                          .entry = infer,
                                          .argument = &first_model,
                                          .priority = 20,
                                          .stack = first_stack};
constinit const kernel::TaskConfig kSecond{.name = "second",
                                           .entry = infer,
                                           .argument = &second_model,
                                           .priority = 20,
                                           .stack = second_stack};
constinit const kernel::TaskConfig kPreempting{
    .name = "preempting", .entry = preempt, .priority = 2, .stack = preempting_stack};
constinit const kernel::TaskConfig kShell{
    .name = "shell",
    .entry = [](void*) { shell::serve(kCommands, {&arena.mutex, arena.bytes}); },
    .priority = 10,
    .stack = shell_stack};

}  // namespace
}  // namespace thimble

int thimble::kernel::main_task() {
  print("two models, one arena\n");
  first_task.start(kFirst);
  second_task.start(kSecond);
  preempting_task.start(kPreempting);
  shell_task.start(kShell);
  run_tasks();
}
