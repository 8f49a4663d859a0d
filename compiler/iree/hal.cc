// See hal.h. Positions of arguments are those of the compiler's own import declarations (module
// @hal, 3.13).
#include "compiler/iree/hal.h"

#include <algorithm>

namespace thimble::iree {

Range RecordingHal::within(const Ref& ref, std::uint64_t offset, std::uint64_t length) {
  const auto buffer = as<HalBuffer>(ref, "buffer");
  if (buffer == nullptr) return {};
  const Range& whole = buffer->where;
  if (offset > whole.length || length > whole.length - offset) {
    if (error_.empty()) error_ = "a range outside its buffer";
    return whole;
  }
  return {whole.buffer, whole.offset + offset, length};
}

// A constant buffer over part of one of the module's segments.
Range RecordingHal::constant(const Ref& source, std::uint64_t offset, std::uint64_t length) {
  const auto segment = as<VmBuffer>(source, "constant segment");
  if (segment == nullptr) return {};
  if (offset > segment->bytes->size() || length > segment->bytes->size() - offset) {
    error_ = "a constant outside its segment";
    return {};
  }
  const auto begin = segment->bytes->begin() + static_cast<std::ptrdiff_t>(offset);
  const int buffer = add({BufferKind::kConstant, length, -1,
                          Bytes(begin, begin + static_cast<std::ptrdiff_t>(length))});
  if (!error_.empty()) return {};
  return {buffer, 0, length};
}

Range RecordingHal::resolve(const LateRange& late, std::span<const Range> table) {
  if (late.buffer != nullptr) return within(late.buffer, late.offset, late.length);
  if (late.slot >= table.size()) {
    error_ = "a binding slot outside the table";
    return {};
  }
  return within(std::make_shared<HalBuffer>(table[late.slot]), late.offset, late.length);
}

void RecordingHal::submit(const CommandBuffer& commands, std::span<const Range> table) {
  for (const Command& command : commands.commands) {
    if (!error_.empty()) return;
    Step step = command.step;
    std::vector<Range> resolved;
    resolved.reserve(command.late.size());
    for (const LateRange& range : command.late) resolved.push_back(resolve(range, table));
    if (auto* dispatch = std::get_if<DispatchStep>(&step)) {
      dispatch->bindings = std::move(resolved);
    } else if (auto* fill = std::get_if<FillStep>(&step)) {
      fill->target = resolved[0];
    } else {
      auto& copy = std::get<CopyStep>(step);
      copy.target = resolved[0];
      copy.source = resolved[1];
    }
    push(std::move(step));
  }
}

Results RecordingHal::lookup_function(Arguments a) {
  const auto name = as<VmBuffer>(a[1].value.ref, "function name");
  if (name == nullptr) return std::vector<Value>(1);
  functions_.emplace_back(name->bytes->begin(), name->bytes->end());
  return std::vector<Value>{{functions_.size() - 1, nullptr}};
}

Results RecordingHal::record_dispatch(Arguments a) {
  const auto commands = as<CommandBuffer>(a[0].value.ref, "command buffer");
  const std::uint64_t function = a[2].value.number;
  if (function >= functions_.size()) error_ = "a dispatch of an unknown function";
  if (commands == nullptr || !error_.empty()) return std::vector<Value>{};
  DispatchStep step{functions_[function], {}, {}, {}};
  for (std::size_t i = 0; i < 3; ++i)
    step.workgroups[i] = static_cast<std::uint32_t>(a[3 + i].value.number);
  for (const auto& constant : a[7].span)
    step.constants.push_back(constant.empty() ? 0 : static_cast<std::uint32_t>(constant[0].number));
  Command command{std::move(step), {}};
  for (const auto& binding : a[8].span) {
    if (binding.size() < 5) {
      error_ = "a binding of another form";
      break;
    }
    command.late.push_back(late(binding[2], binding[1], binding[3], binding[4]));
  }
  commands->commands.push_back(std::move(command));
  return std::vector<Value>{};
}

Results RecordingHal::record_fill(Arguments a) {
  if (const auto commands = as<CommandBuffer>(a[0].value.ref, "command buffer")) {
    commands->commands.push_back({fill_of(a[5].value.number, a[6].value.number),
                                  {late(a[1].value, a[4].value, a[2].value, a[3].value)}});
  }
  return std::vector<Value>{};
}

Results RecordingHal::record_copy(Arguments a) {
  if (const auto commands = as<CommandBuffer>(a[0].value.ref, "command buffer")) {
    commands->commands.push_back({CopyStep{},
                                  {late(a[5].value, a[2].value, a[6].value, a[7].value),
                                   late(a[3].value, a[1].value, a[4].value, a[7].value)}});
  }
  return std::vector<Value>{};
}

Results RecordingHal::record_update(Arguments a) {
  if (const auto commands = as<CommandBuffer>(a[0].value.ref, "command buffer")) {
    const Range source = constant(a[1].value.ref, a[2].value.number, a[5].value.number);
    commands->commands.push_back({CopyStep{},
                                  {late(a[3].value, a[6].value, a[4].value, a[5].value),
                                   {std::make_shared<HalBuffer>(source), 0, 0, source.length}}});
  }
  return std::vector<Value>{};
}

Results RecordingHal::queue_fill(Arguments a) {
  FillStep step = fill_of(a[7].value.number, a[8].value.number);
  step.target = within(a[4].value.ref, a[5].value.number, a[6].value.number);
  push(step);
  return std::vector<Value>{};
}

Results RecordingHal::queue_copy(Arguments a) {
  push(CopyStep{within(a[6].value.ref, a[7].value.number, a[8].value.number),
                within(a[4].value.ref, a[5].value.number, a[8].value.number)});
  return std::vector<Value>{};
}

Results RecordingHal::queue_update(Arguments a) {
  push(CopyStep{within(a[6].value.ref, a[7].value.number, a[8].value.number),
                constant(a[4].value.ref, a[5].value.number, a[8].value.number)});
  return std::vector<Value>{};
}

Results RecordingHal::queue_read(Arguments a) {
  if (const auto file = as<File>(a[4].value.ref, "file")) {
    push(CopyStep{
        within(a[6].value.ref, a[7].value.number, a[8].value.number),
        within(std::make_shared<HalBuffer>(file->where), a[5].value.number, a[8].value.number)});
  }
  return std::vector<Value>{};
}

Results RecordingHal::queue_execute(Arguments a) {
  const auto commands = as<CommandBuffer>(a[4].value.ref, "command buffer");
  std::vector<Range> table;
  for (const auto& entry : a[6].span) {
    if (entry.size() < 3) {
      error_ = "a binding table of another form";
      break;
    }
    table.push_back(within(entry[0].ref, entry[1].number, entry[2].number));
  }
  if (commands != nullptr) submit(*commands, table);
  return std::vector<Value>{};
}

const std::unordered_map<std::string_view, RecordingHal::Handler>& RecordingHal::handlers() {
  static const std::unordered_map<std::string_view, Handler> table{
      {"hal.devices.count", &RecordingHal::one},
      {"hal.devices.get", &RecordingHal::new_handle},
      {"hal.device.allocator", &RecordingHal::new_handle},
      {"hal.device.query.i64", &RecordingHal::query},
      {"hal.executable.create", &RecordingHal::new_handle},
      {"hal.executable.lookup.function", &RecordingHal::lookup_function},
      {"hal.fence.create", &RecordingHal::new_handle},
      {"hal.fence.join", &RecordingHal::new_handle},
      {"hal.fence.signal", &RecordingHal::nothing},
      {"hal.fence.await", &RecordingHal::zero},
      {"hal.allocator.allocate", &RecordingHal::allocate},
      {"hal.allocator.import", &RecordingHal::import_buffer},
      {"hal.ex.file.from_memory", &RecordingHal::file_from_memory},
      {"hal.buffer.assert", &RecordingHal::nothing},
      {"hal.buffer.subspan", &RecordingHal::buffer_subspan},
      {"hal.buffer.length", &RecordingHal::buffer_length},
      {"hal.buffer_view.assert", &RecordingHal::nothing},
      {"hal.buffer_view.create", &RecordingHal::view_create},
      {"hal.buffer_view.buffer", &RecordingHal::view_buffer},
      {"hal.command_buffer.create", &RecordingHal::create_commands},
      {"hal.command_buffer.finalize", &RecordingHal::nothing},
      {"hal.command_buffer.execution_barrier", &RecordingHal::nothing},
      {"hal.command_buffer.begin_debug_group", &RecordingHal::nothing},
      {"hal.command_buffer.end_debug_group", &RecordingHal::nothing},
      {"hal.command_buffer.dispatch", &RecordingHal::record_dispatch},
      {"hal.command_buffer.fill_buffer", &RecordingHal::record_fill},
      {"hal.command_buffer.copy_buffer", &RecordingHal::record_copy},
      {"hal.command_buffer.update_buffer", &RecordingHal::record_update},
      {"hal.device.queue.alloca", &RecordingHal::queue_alloca},
      {"hal.device.queue.dealloca", &RecordingHal::nothing},
      {"hal.device.queue.barrier", &RecordingHal::nothing},
      {"hal.device.queue.fill", &RecordingHal::queue_fill},
      {"hal.device.queue.copy", &RecordingHal::queue_copy},
      {"hal.device.queue.update", &RecordingHal::queue_update},
      {"hal.device.queue.read", &RecordingHal::queue_read},
      {"hal.device.queue.execute", &RecordingHal::queue_execute},
      {"hal.device.queue.execute.indirect", &RecordingHal::queue_execute},
  };
  return table;
}

Results RecordingHal::call(std::string_view name, Arguments arguments) {
  const auto found = handlers().find(name);
  if (found == handlers().end()) {
    if (name == "hal.buffer.load" || name == "hal.command_buffer.dispatch.indirect") {
      return fail(ExitCode::kBadModel,
                  "{}: control flow that depends on data ('{}'): only networks whose schedule is "
                  "the same for "
                  "every input can be compiled",
                  module_.origin, name);
    }
    return fail(ExitCode::kBadModel, "{}: the schedule calls '{}', which is not implemented",
                module_.origin, name);
  }
  Results results = (this->*found->second)(arguments);
  if (!error_.empty()) {
    return fail(ExitCode::kToolFailed, "{}: damaged module ({} in '{}'); compile the model again",
                module_.origin, error_, name);
  }
  return results;
}

}  // namespace thimble::iree
