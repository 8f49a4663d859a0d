// The application that run and validate put on a board: takes inputs over the UART, runs the model,
// answers with its outputs. It serves any model, and keeps no copy of anything: payloads go from
// the line into the arena and back.
#include <cstdint>
#include <cstring>
#include <span>

#include "apps/inference/feed.h"
#include "apps/inference/link.h"
#include "apps/inference/profile.h"
#include "apps/inference/protocol.h"
#include "apps/inference/trace_answer.h"
#include "apps/inference/trace_hook.h"
#include "kernel/counters.h"
#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/stack.h"
#include "kernel/trace.h"
#include "runtime/model.h"
#include "runtime/runtime.h"

namespace thimble::inference {
namespace {

using protocol::MessageType;
using runtime::TensorView;

std::span<std::byte> bytes_of(const TensorView& tensor) {
  return kModel.arena.subspan(tensor.offset, tensor.bytes);
}

std::uint32_t total_bytes(std::span<const TensorView> tensors) {
  std::uint32_t total = 0;
  for (const TensorView& tensor : tensors) total += tensor.bytes;
  return total;
}

template <typename Answer>
void send(Sender& sender, const Answer& answer) {
  sender.payload(std::as_bytes(std::span(&answer, 1)));
}

void answer_info(Header header) {
  const std::size_t name_bytes = std::strlen(kModel.name);
  const protocol::InfoAnswer answer{
      .version = protocol::kVersion,
      .arena_bytes = static_cast<std::uint32_t>(kModel.arena.size()),
      .step_count = kModel.plan->step_count,
      .input_count = static_cast<std::uint32_t>(kModel.inputs.size()),
      .output_count = static_cast<std::uint32_t>(kModel.outputs.size())};
  header.length = sizeof answer + 4 * (answer.input_count + answer.output_count) + name_bytes;
  Sender sender(header);
  send(sender, answer);
  for (const TensorView& tensor : kModel.inputs) sender.word(tensor.bytes);
  for (const TensorView& tensor : kModel.outputs) sender.word(tensor.bytes);
  sender.payload(std::as_bytes(std::span(kModel.name, name_bytes)));
  sender.finish();
}

// With the steps in the trace, if there is one.
[[maybe_unused]] runtime::Status run_model() {
  if constexpr (!trace::kOn) return runtime::run(*kModel.plan, kModel.arena);
  trace::start();
  trace::run_begins(kModel.plan);
  const runtime::Status status = runtime::run(*kModel.plan, kModel.arena, trace_step);
  trace::run_ends();
  return status;
}

void answer_run(Header header, bool right_size) {
  protocol::RunAnswer answer{protocol::kWrongInputSize, 0, 0};
  if constexpr (kIsFed) {
    if (right_size) {
      const Finished finished = finish_fed();
      answer = {finished.status, static_cast<std::uint32_t>(finished.instructions),
                static_cast<std::uint32_t>(finished.instructions >> 32U)};
    }
  } else if (right_size) {
    const std::uint64_t start = kernel::instructions_retired();
    answer.status = run_model().value;
    const std::uint64_t instructions = kernel::instructions_retired() - start;
    kernel::require(!kernel::main_stack_overflowed(), "the main stack is too small");
    answer.instructions_low = static_cast<std::uint32_t>(instructions);
    answer.instructions_high = static_cast<std::uint32_t>(instructions >> 32U);
  }
  const auto outputs = answer.status == 0 ? kModel.outputs : std::span<const TensorView>{};
  header.length = sizeof answer + total_bytes(outputs);
  Sender sender(header);
  send(sender, answer);
  for (const TensorView& tensor : outputs) sender.payload(bytes_of(tensor));
  sender.finish();
}

void answer_statistics(Header header) {
  const kernel::StackUse main = kernel::main_stack();
  const kernel::StackUse trap = kernel::trap_stack();
  const protocol::StatisticsAnswer answer{.main_stack_size = main.size,
                                          .main_stack_peak = main.peak,
                                          .trap_stack_size = trap.size,
                                          .trap_stack_peak = trap.peak};
  header.length = sizeof answer;
  Sender sender(header);
  send(sender, answer);
  sender.finish();
}

void answer_profile(Header header, bool right_size) {
  bool can_count = kCountsSteps && right_size;
  if constexpr (kIsFed) can_count = can_count && all_rows_are_fed();
  const std::uint32_t steps = can_count ? kModel.plan->step_count : 0;
  header.length = steps * sizeof(std::uint32_t);
  Sender sender(header);
  for (std::uint32_t step = 0; step < steps; ++step) sender.word(run_step(step));
  sender.finish();
}

void answer_with(Header header, std::span<const std::byte> payload) {
  header.length = payload.size();
  Sender sender(header);
  sender.payload(payload);
  sender.finish();
}

/// Serves one frame. False after kQuit.
bool serve() {
  Receiver receiver;
  const auto header = receiver.header();
  if (!header) {
    answer_with({.type = MessageType::kNak}, {});
    return true;
  }
  if constexpr (kIsFed) {
    if (header->type == MessageType::kFeed) {
      if (!serve_rows(receiver, *header))
        answer_with({.type = MessageType::kNak, .sequence = header->sequence}, {});
      return true;
    }
  }
  const bool brings_inputs =
      header->type == MessageType::kRun || (kCountsSteps && header->type == MessageType::kProfile);
  const bool right_size =
      brings_inputs && header->length == (kIsFed ? 0 : total_bytes(kModel.inputs));
  if (right_size && !kIsFed) {
    for (const TensorView& tensor : kModel.inputs) receiver.payload(bytes_of(tensor));
  } else {
    receiver.skip(header->length);
  }
  if (!receiver.finish()) {
    answer_with({.type = MessageType::kNak, .sequence = header->sequence}, {});
    return true;
  }
  switch (header->type) {
    case MessageType::kInfo:
      answer_info(*header);
      return true;
    case MessageType::kRun:
      answer_run(*header, right_size);
      return true;
    case MessageType::kStatistics:
      answer_statistics(*header);
      return true;
    case MessageType::kProfile:
      answer_profile(*header, right_size);
      return true;
    case MessageType::kTrace:
      if constexpr (trace::kOn) {
        send_trace(*header);
        return true;
      }
      break;
    case MessageType::kQuit:
      answer_with(*header, {});
      return false;
    default:
      break;
  }
  answer_with({.type = MessageType::kNak, .sequence = header->sequence}, {});
  return true;
}

}  // namespace
}  // namespace thimble::inference

int thimble::kernel::main_task() {
  print("Thimble runs ");
  print(kModel.name);
  print("\n");
  while (inference::serve()) {
  }
  return 0;
}
