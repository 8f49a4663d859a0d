// See plan_source.h. Generated functions are declared as symbols without a type: only their
// addresses matter, and the address of an object is a constant where a converted function pointer
// is not.
#include "compiler/emit/plan_source.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/emit/fed_interface.h"

namespace thimble::emit {
namespace {

using plan::Binding;
using plan::Step;
using plan::StepKind;

std::string binding_text(const Binding& binding) {
  if (binding.window >= 0)
    return fmt::format("{{.offset = runtime::kWindow + {}}}", binding.window);
  return binding.in_arena ? fmt::format("{{.offset = {}}}", binding.offset)
                          : fmt::format("{{.address = constants + {}}}", binding.offset);
}

const char* kind_name(StepKind kind) {
  switch (kind) {
    case StepKind::kDispatch:
      return "kDispatch";
    case StepKind::kMicrokernel:
      return "kMicrokernel";
    case StepKind::kFill:
      return "kFill";
    case StepKind::kCopy:
      return "kCopy";
    case StepKind::kStream:
      return "kStream";
  }
  return "";
}

// The symbol that a step calls; empty for what the runtime does itself.
std::string function_of(const Step& step, const plan::Plan& plan) {
  if (step.kind == StepKind::kDispatch) return step.function;
  if (step.kind == StepKind::kStream)
    return plan.feed && step.stream == 0 ? "thimble_run_unfed" : "thimble_run_stream";
  if (step.kind != StepKind::kMicrokernel) return {};
  return plan.layers[static_cast<std::size_t>(step.layer)].layer.symbol;
}

// A layer's descriptor, its constants' addresses filled in.
std::string descriptor_text(const plan::PlannedLayer& planned, std::size_t number) {
  std::string text = planned.layer.descriptor;
  for (std::size_t i = planned.constants.size(); i-- > 0;) {  // $12 before $1
    const std::string mark = fmt::format("${}", i);
    const std::string address = fmt::format("constants + {}", planned.constants[i]);
    for (std::size_t at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + address.size()))
      text.replace(at, mark.size(), address);
  }
  return fmt::format("constexpr auto kDetail{} = microkernels::{};\n", number, text);
}

// Microkernels and streams know them from their descriptors.
bool needs_lengths(const Step& step) {
  return step.kind != StepKind::kMicrokernel && step.kind != StepKind::kStream;
}

// A stream's tables.
std::string stream_text(const plan::Stream& stream, std::size_t number) {
  std::string windows;
  for (const plan::Stream::Window& window : stream.windows) {
    const auto offset = static_cast<std::uint32_t>(static_cast<std::int64_t>(window.offset) -
                                                   window.first);  // may be below the arena
    windows += fmt::format("{{{}u, {}, {}}}, ", offset, window.row_bytes, window.writer);
  }
  return fmt::format(
      "constexpr std::uint8_t kOps{0}[] = {{{1}}};\n"
      "constexpr runtime::Stream::Window kWindows{0}[] = {{{2}}};\n"
      "constexpr runtime::Stream kDetail{0} = {{kOps{0}, {3}, kWindows{0}, {4}}};\n",
      number, fmt::join(stream.ops, ", "), windows.empty() ? "{}" : windows, stream.ops.size(),
      stream.windows.size());
}

// The tables of one step; returns what stands in the step for its detail.
std::string tables(std::string& out, const Step& step, std::size_t number, const plan::Plan& plan) {
  const std::vector<plan::PlannedLayer>& layers = plan.layers;
  out += fmt::format("constexpr Binding kBindings{}[] = {{", number);
  for (const Binding& binding : step.bindings) out += binding_text(binding) + ", ";
  out += "};\n";
  if (needs_lengths(step)) {
    out += fmt::format("constexpr std::size_t kLengths{}[] = {{", number);
    for (const Binding& binding : step.bindings) out += fmt::format("{}, ", binding.length);
    out += "};\n";
  }
  if (step.kind == StepKind::kFill) {
    out += fmt::format("constexpr FillPattern kDetail{} = {{0x{:x}u, {}}};\n", number, step.pattern,
                       step.pattern_length);
    return fmt::format("&kDetail{}", number);
  }
  if (step.kind == StepKind::kStream) {
    out += stream_text(plan.streams[static_cast<std::size_t>(step.stream)], number);
    return fmt::format("&kDetail{}", number);
  }
  if (step.kind == StepKind::kMicrokernel) {
    out += descriptor_text(layers[static_cast<std::size_t>(step.layer)], number);
    return fmt::format("&kDetail{}", number);
  }
  if (step.constants.empty()) return "nullptr";
  out += fmt::format("constexpr std::uint32_t kDetail{}[] = {{{}}};\n", number,
                     fmt::join(step.constants, ", "));
  return fmt::format("kDetail{}", number);
}

std::uint32_t arena_mask(const Step& step) {
  std::uint32_t mask = 0;
  for (std::size_t i = 0; i < step.bindings.size(); ++i) {
    if (step.bindings[i].in_arena) mask |= 1u << i;
  }
  return mask;
}

}  // namespace

std::string plan_source(const std::string& name, const plan::Plan& plan) {
  std::map<std::string, std::size_t> functions;
  for (const Step& step : plan.steps) {
    const std::string function = function_of(step, plan);
    if (!function.empty()) functions.try_emplace(function, functions.size());
  }
  std::set<std::string> headers{plan.feed ? "runtime/feed.h" : "runtime/runtime.h"};
  for (const plan::PlannedLayer& planned : plan.layers) headers.insert(planned.layer.header);
  std::string out = fmt::format("// The plan of the model {}. Made by `thimble compile`.\n", name);
  for (const std::string& header : headers) out += fmt::format("#include \"{}\"\n", header);
  out += fmt::format("\nextern \"C\" {{\nextern const std::byte {0}_constants[{1}];\n", name,
                     std::max<std::size_t>(1, plan.constants.size()));
  for (const auto& [function, number] : functions) {
    out += fmt::format("extern const std::byte {}_function_{}[1] __asm__(\"{}\");\n", name, number,
                       function);
  }
  out += fmt::format(
      "}}\n\nnamespace thimble::model::{0} {{\n\n"
      "extern const runtime::Plan kPlan;\n\nnamespace {{\n\n"
      "using runtime::Binding;\nusing runtime::FillPattern;\nusing runtime::Step;\nusing "
      "runtime::StepKind;\n\n"
      "[[maybe_unused]] constexpr const std::byte* constants = {0}_constants;\n\n",
      name);
  std::string steps;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const std::string detail = tables(out, step, i, plan);
    const std::string function = function_of(step, plan);
    steps += fmt::format(
        "    {{StepKind::{}, {}, {}, 0, 0x{:x}u, {{{}, {}, {}}}, 0, {}, kBindings{}, {}, {}}},\n",
        kind_name(step.kind), step.bindings.size(), step.constants.size(), arena_mask(step),
        step.workgroups[0], step.rows_per_call > 0 ? step.rows_per_call : step.workgroups[1],
        step.workgroups[2],
        function.empty() ? "nullptr" : fmt::format("{}_function_{}", name, functions[function]), i,
        needs_lengths(step) ? fmt::format("kLengths{}", i) : "nullptr", detail);
  }
  out += fmt::format(
      "\nconstexpr Step kSteps[] = {{\n{1}}};\n\n}}  // namespace\n\n"
      "constinit const runtime::Plan kPlan = {{kSteps, {2}, {3}, 0, 0}};\n\n}}  // namespace "
      "thimble::model::{0}\n",
      name, steps.empty() ? std::string("    {},\n") : steps, plan.steps.size(), plan.arena_bytes);
  if (plan.feed) return out + fed_source(name, plan);
  out += fmt::format(
      "\nextern \"C\" int {0}_run(void* arena);\n"
      "extern \"C\" int {0}_run(void* arena) {{\n"
      "  return static_cast<int>(thimble::runtime::thimble_run(&thimble::model::{0}::kPlan,\n"
      "                                                        static_cast<std::byte*>(arena), "
      "{1}, nullptr, nullptr));\n"
      "}}\n",
      name, plan.arena_bytes);
  return out;
}

std::string constants_source(const std::string& name, WeightsPlacement placement) {
  const bool rodata = placement == WeightsPlacement::kRodata;
  return fmt::format(
      "# The constants of the model {0}. Made by `thimble compile`.\n"
      "    .section .{1}.{0}_constants, \"{2}\", @progbits\n"
      "    .balign {3}\n    .globl {0}_constants\n    .type {0}_constants, @object\n"
      "{0}_constants:\n    .incbin \"constants.bin\"\n    .size {0}_constants, . - {0}_constants\n",
      name, rodata ? "rodata" : "data", rodata ? "a" : "aw", plan::kAlignment);
}

}  // namespace thimble::emit
