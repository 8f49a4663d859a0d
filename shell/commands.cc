// See commands.h.
#include "shell/commands.h"

#include <cstring>

#include "apps/inference/protocol.h"
#include "apps/inference/trace_answer.h"
#include "drivers/exit.h"
#include "drivers/uart.h"
#include "kernel/image.h"
#include "kernel/print.h"
#include "kernel/stack.h"
#include "kernel/statistics.h"
#include "kernel/trace.h"
#include "runtime/models.h"
#include "runtime/tasks/inference.h"
#include "shell/print.h"

namespace thimble::shell {
namespace {

using kernel::print;
using kernel::print_decimal;

constexpr unsigned kNameWidth = 16;
constinit Arena arena_of_run{};

#if THIMBLE_STATISTICS
const char* state_of(const kernel::Task& task) {
  if (&task == &kernel::Task::current()) return "runs";
  return task.stopped() ? "stopped" : task.waiting() ? "waits" : "ready";
}

void print_share(time::Ticks part, time::Ticks whole, unsigned width) {
  print_tenths(static_cast<std::uint32_t>(1000 * part / (whole == 0 ? 1 : whole)), width);
}

void ps(Arguments /*arguments*/) {
  const time::Ticks now = time::now();
  print("task             level  state    time %  switches  stack used\n");
  for (const kernel::Task* task = kernel::next_task(nullptr); task != nullptr;
       task = kernel::next_task(task)) {
    const kernel::TaskStatistics statistics = kernel::statistics(*task);
    print_left(task->name(), kNameWidth);
    print_right(task->priority(), 6);
    print("  ");
    print_left(state_of(*task), 8);
    print_share(statistics.run_time, now, 7);
    print_right(statistics.switches, 10);
    print_right(statistics.stack.peak, 6);
    print(" of ");
    print_decimal(statistics.stack.size);
    print("\n");
  }
  print_left("idle", kNameWidth + 16);
  print_share(kernel::idle_time(), now, 7);
  print("\n");
}
#endif

void print_range(const char* what, const std::byte* begin, const std::byte* end) {
  print_left(what, kNameWidth);
  kernel::print_hex(reinterpret_cast<std::uintptr_t>(begin));
  print_right(static_cast<std::uint32_t>(end - begin), 9);
  print("\n");
}

void print_stack(const char* what, kernel::StackUse use) {
  print_left(what, kNameWidth);
  print_decimal(use.peak);
  print(" of ");
  print_decimal(use.size);
  print(" bytes used\n");
}

void mem(Arguments /*arguments*/) {
  print_range("code", kernel::image_text_start, kernel::image_text_end);
  print_range("constants", kernel::image_text_end, kernel::image_rodata_end);
  print_range("data", kernel::image_data_start, kernel::image_data_end);
  print_range("bss", kernel::image_bss_start, kernel::image_bss_end);
  print_range("stacks", kernel::image_stacks_start, kernel::image_main_stack_top);
  print_stack("main stack", kernel::main_stack());
  print_stack("trap stack", kernel::trap_stack());
}

void models(Arguments /*arguments*/) {
  print("model               steps    arena\n");
  for (const runtime::ModelView& model : runtime::models()) {
    print_left(model.name, kNameWidth);
    print_right(model.plan->step_count, 9);
    print_right(model.plan->arena_bytes, 9);
    print("\n");
  }
}

const runtime::ModelView* find_model(const char* name) {
  for (const runtime::ModelView& model : runtime::models()) {
    if (std::strcmp(model.name, name) == 0) return &model;
  }
  return nullptr;
}

void fill(std::span<std::byte> bytes, std::uint32_t seed) {
  for (std::byte& byte : bytes) {
    seed = seed * 1'664'525 + 1'013'904'223;
    byte = static_cast<std::byte>(seed >> 24U);
  }
}

std::uint32_t crc_of(std::span<const std::byte> bytes) {
  protocol::Crc32 crc;
  for (const std::byte byte : bytes) crc.add(std::to_integer<std::uint8_t>(byte));
  return crc.value();
}

// In memory that nobody else uses meanwhile.
void run_in_arena(const runtime::ModelView& model, std::uint32_t seed) {
  const std::span<std::byte> bytes = arena_of_run.bytes;
  const kernel::MutexLock lock(*arena_of_run.mutex);
  for (const runtime::TensorView& input : model.inputs) {
    fill(bytes.subspan(input.offset, input.bytes), seed);
  }
  runtime::Inference inference;
  const time::Ticks begin = time::now();
  const runtime::Status status = inference.run(*model.plan, bytes);
  const time::Ticks ticks = time::now() - begin;
  if (!status.ok()) {
    print("failed with status ");
    print_decimal(status.value);
    print("\n");
    return;
  }
  print_tenths(static_cast<std::uint32_t>(10 * ticks / time::kTicksPerMillisecond));
  print(" ms");
  for (const runtime::TensorView& output : model.outputs) {
    print(", ");
    print(output.name);
    print(" crc ");
    kernel::print_hex(crc_of(bytes.subspan(output.offset, output.bytes)));
  }
  print("\n");
}

void run(Arguments arguments) {
  const runtime::ModelView* const model = arguments.empty() ? nullptr : find_model(arguments[0]);
  const auto seed = arguments.size() > 1 ? parse_number(arguments[1]) : std::optional(0U);
  if (model == nullptr || !seed) {
    print("run MODEL [SEED]; models lists them\n");
    return;
  }
  if (arena_of_run.bytes.size() < model->plan->arena_bytes) {
    print("there is no arena for it\n");
    return;
  }
  run_in_arena(*model, *seed);
}

#if THIMBLE_TRACE_EVENTS
void trace(Arguments /*arguments*/) {
  inference::send_trace({.type = protocol::MessageType::kTrace});
  print("\n");
}
#endif

void reboot(Arguments /*arguments*/) {
  uart::flush();
  reset_machine();
}

void quit(Arguments /*arguments*/) {
  uart::flush();
  exit_program(0);
}

constexpr Command kOwn[] = {
#if THIMBLE_STATISTICS
    {"ps", "tasks: state, time, switches, stack", ps},
#endif
    {"mem", "where code, constants, variables and stacks are", mem},
    {"models", "the models of this firmware", models},
    {"run", "MODEL [SEED]: runs a model on inputs made from a number", run},
#if THIMBLE_TRACE_EVENTS
    {"trace", "sends what happened last to the host", trace},
#endif
    {"reboot", "resets the machine", reboot},
    {"quit", "ends the program", quit},
};

}  // namespace

std::span<const Command> own_commands() {
  return kOwn;
}

void set_arena(Arena arena) {
  arena_of_run = arena;
}

}  // namespace thimble::shell
