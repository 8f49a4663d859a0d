// See recorder.h. Positions of arguments are those of the compiler's own import declarations
// (module @hal, 3.13).
#include "compiler/iree/recorder.h"

#include <algorithm>
#include <unordered_map>

#include "compiler/iree/fold.h"
#include "compiler/iree/vm.h"

namespace thimble::iree {

std::vector<Range> ranges(const Step& step) {
  if (const auto* dispatch = std::get_if<DispatchStep>(&step)) return dispatch->bindings;
  if (const auto* fill = std::get_if<FillStep>(&step)) return {fill->target};
  const auto& copy = std::get<CopyStep>(step);
  return {copy.target, copy.source};
}

namespace {

struct HalBuffer : Object {
  explicit HalBuffer(Range range) : where(range) {}
  Range where;
};
struct BufferView : Object {
  explicit BufferView(Range range) : where(range) {}
  Range where;
};
struct File : Object {
  explicit File(Range range) : where(range) {}
  Range where;
};
struct Handle : Object {
};  // devices, allocators, fences, executables: only their being there matters

// A range that may be bound only when the command buffer is executed.
struct LateRange {
  std::shared_ptr<HalBuffer> buffer;  // null: the slot of the binding table
  std::uint64_t slot = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
struct Command {
  Step step;
  std::vector<LateRange> late;  // in the order of ranges(step)
};
struct CommandBuffer : Object {
  std::vector<Command> commands;
};

constexpr std::uint64_t kLargestBuffer = 1u << 30;

// Arguments as a damaged module may pass them: what is missing reads as empty.
class Arguments {
 public:
  explicit Arguments(std::span<const Argument> all) : all_(all) {}
  const Argument& operator[](std::size_t i) const {
    static const Argument kMissing;
    return i < all_.size() ? all_[i] : kMissing;
  }

 private:
  std::span<const Argument> all_;
};
using Results = Result<std::vector<Value>>;

class Recorder {
 public:
  explicit Recorder(const BytecodeModule& module) : module_(module) {}

  Results call(std::string_view name, Arguments arguments);
  int add(Buffer buffer) {
    trace.buffers.push_back(std::move(buffer));
    return static_cast<int>(trace.buffers.size()) - 1;
  }
  [[nodiscard]] Ref view_of(int buffer) const {
    return std::make_shared<BufferView>(
        Range{buffer, 0, trace.buffers[static_cast<std::size_t>(buffer)].size});
  }

  Trace trace;

 private:
  using Handler = Results (Recorder::*)(Arguments);
  static const std::unordered_map<std::string_view, Handler>& handlers();

  template <typename T>
  std::shared_ptr<T> as(const Ref& ref, std::string_view kind) {
    auto object = std::dynamic_pointer_cast<T>(ref);
    if (object == nullptr && error_.empty()) error_ = fmt::format("a {} is missing", kind);
    return object;
  }
  static Value handle() { return {0, std::make_shared<Handle>()}; }
  static Value buffer_value(Range range) { return {0, std::make_shared<HalBuffer>(range)}; }

  Range resolve(const LateRange& late, std::span<const Range> table);
  Range within(const Ref& ref, std::uint64_t offset, std::uint64_t length);
  Range constant(const Ref& source, std::uint64_t offset, std::uint64_t length);
  void submit(const CommandBuffer& commands, std::span<const Range> table);
  void push(Step step) { trace.steps.push_back(std::move(step)); }
  LateRange late(const Value& buffer, const Value& slot, const Value& offset, const Value& length) {
    return {buffer.ref ? as<HalBuffer>(buffer.ref, "buffer") : nullptr, slot.number, offset.number,
            length.number};
  }
  FillStep fill_of(std::uint64_t pattern, std::uint64_t length) {
    if (length == 0 || length > 8) error_ = "a fill with a pattern of no size";
    return {{}, pattern, static_cast<std::uint32_t>(length)};
  }

  Results nothing(Arguments) { return std::vector<Value>{}; }
  Results new_handle(Arguments) { return std::vector<Value>{handle()}; }
  Results one(Arguments) { return std::vector<Value>{{1, nullptr}}; }
  Results zero(Arguments) { return std::vector<Value>{{0, nullptr}}; }
  Results query(Arguments) { return std::vector<Value>{{1, nullptr}, {1, nullptr}}; }
  Results allocate(Arguments a) { return working(a[4].value.number); }
  Results queue_alloca(Arguments a) { return working(a[7].value.number); }
  Results working(std::uint64_t size) {
    if (size > kLargestBuffer) error_ = "a buffer of more than a gigabyte";
    const int buffer = add({BufferKind::kWorking, size, -1, {}});
    return std::vector<Value>{buffer_value({buffer, 0, size})};
  }
  Results import_buffer(Arguments a) {
    return std::vector<Value>{
        buffer_value(constant(a[5].value.ref, a[6].value.number, a[7].value.number))};
  }
  Results file_from_memory(Arguments a) {
    return std::vector<Value>{{0, std::make_shared<File>(constant(a[3].value.ref, a[4].value.number,
                                                                  a[5].value.number))}};
  }
  Results buffer_subspan(Arguments a) {
    return std::vector<Value>{
        buffer_value(within(a[0].value.ref, a[1].value.number, a[2].value.number))};
  }
  Results buffer_length(Arguments a) {
    const auto buffer = as<HalBuffer>(a[0].value.ref, "buffer");
    return std::vector<Value>{{buffer ? buffer->where.length : 0, nullptr}};
  }
  Results view_create(Arguments a) {
    return std::vector<Value>{{0, std::make_shared<BufferView>(within(
                                      a[0].value.ref, a[1].value.number, a[2].value.number))}};
  }
  Results view_buffer(Arguments a) {
    const auto view = as<BufferView>(a[0].value.ref, "buffer view");
    return std::vector<Value>{view ? buffer_value(view->where) : Value{}};
  }
  Results lookup_function(Arguments a);
  Results create_commands(Arguments) {
    return std::vector<Value>{{0, std::make_shared<CommandBuffer>()}};
  }
  Results record_dispatch(Arguments a);
  Results record_fill(Arguments a);
  Results record_copy(Arguments a);
  Results record_update(Arguments a);
  Results queue_fill(Arguments a);
  Results queue_copy(Arguments a);
  Results queue_update(Arguments a);
  Results queue_read(Arguments a);
  Results queue_execute(Arguments a);

  const BytecodeModule& module_;
  std::vector<std::string> functions_;
  std::string error_;
};

Range Recorder::within(const Ref& ref, std::uint64_t offset, std::uint64_t length) {
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
Range Recorder::constant(const Ref& source, std::uint64_t offset, std::uint64_t length) {
  const auto segment = as<VmBuffer>(source, "constant segment");
  if (segment == nullptr) return {};
  if (offset > segment->bytes->size() || length > segment->bytes->size() - offset) {
    error_ = "a constant outside its segment";
    return {};
  }
  const auto begin = segment->bytes->begin() + static_cast<std::ptrdiff_t>(offset);
  const int buffer = add({BufferKind::kConstant, length, -1,
                          Bytes(begin, begin + static_cast<std::ptrdiff_t>(length))});
  return {buffer, 0, length};
}

Range Recorder::resolve(const LateRange& late, std::span<const Range> table) {
  if (late.buffer != nullptr) return within(late.buffer, late.offset, late.length);
  if (late.slot >= table.size()) {
    error_ = "a binding slot outside the table";
    return {};
  }
  return within(std::make_shared<HalBuffer>(table[late.slot]), late.offset, late.length);
}

void Recorder::submit(const CommandBuffer& commands, std::span<const Range> table) {
  for (const Command& command : commands.commands) {
    Step step = command.step;
    std::vector<Range> resolved;
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

Results Recorder::lookup_function(Arguments a) {
  const auto name = as<VmBuffer>(a[1].value.ref, "function name");
  if (name == nullptr) return std::vector<Value>(1);
  functions_.emplace_back(name->bytes->begin(), name->bytes->end());
  return std::vector<Value>{{functions_.size() - 1, nullptr}};
}

Results Recorder::record_dispatch(Arguments a) {
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

Results Recorder::record_fill(Arguments a) {
  if (const auto commands = as<CommandBuffer>(a[0].value.ref, "command buffer")) {
    commands->commands.push_back({fill_of(a[5].value.number, a[6].value.number),
                                  {late(a[1].value, a[4].value, a[2].value, a[3].value)}});
  }
  return std::vector<Value>{};
}

Results Recorder::record_copy(Arguments a) {
  if (const auto commands = as<CommandBuffer>(a[0].value.ref, "command buffer")) {
    commands->commands.push_back({CopyStep{},
                                  {late(a[5].value, a[2].value, a[6].value, a[7].value),
                                   late(a[3].value, a[1].value, a[4].value, a[7].value)}});
  }
  return std::vector<Value>{};
}

Results Recorder::record_update(Arguments a) {
  if (const auto commands = as<CommandBuffer>(a[0].value.ref, "command buffer")) {
    const Range source = constant(a[1].value.ref, a[2].value.number, a[5].value.number);
    commands->commands.push_back({CopyStep{},
                                  {late(a[3].value, a[6].value, a[4].value, a[5].value),
                                   {std::make_shared<HalBuffer>(source), 0, 0, source.length}}});
  }
  return std::vector<Value>{};
}

Results Recorder::queue_fill(Arguments a) {
  FillStep step = fill_of(a[7].value.number, a[8].value.number);
  step.target = within(a[4].value.ref, a[5].value.number, a[6].value.number);
  push(step);
  return std::vector<Value>{};
}

Results Recorder::queue_copy(Arguments a) {
  push(CopyStep{within(a[6].value.ref, a[7].value.number, a[8].value.number),
                within(a[4].value.ref, a[5].value.number, a[8].value.number)});
  return std::vector<Value>{};
}

Results Recorder::queue_update(Arguments a) {
  push(CopyStep{within(a[6].value.ref, a[7].value.number, a[8].value.number),
                constant(a[4].value.ref, a[5].value.number, a[8].value.number)});
  return std::vector<Value>{};
}

Results Recorder::queue_read(Arguments a) {
  if (const auto file = as<File>(a[4].value.ref, "file")) {
    push(CopyStep{
        within(a[6].value.ref, a[7].value.number, a[8].value.number),
        within(std::make_shared<HalBuffer>(file->where), a[5].value.number, a[8].value.number)});
  }
  return std::vector<Value>{};
}

Results Recorder::queue_execute(Arguments a) {
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

const std::unordered_map<std::string_view, Recorder::Handler>& Recorder::handlers() {
  static const std::unordered_map<std::string_view, Handler> table{
      {"hal.devices.count", &Recorder::one},
      {"hal.devices.get", &Recorder::new_handle},
      {"hal.device.allocator", &Recorder::new_handle},
      {"hal.device.query.i64", &Recorder::query},
      {"hal.executable.create", &Recorder::new_handle},
      {"hal.executable.lookup.function", &Recorder::lookup_function},
      {"hal.fence.create", &Recorder::new_handle},
      {"hal.fence.join", &Recorder::new_handle},
      {"hal.fence.signal", &Recorder::nothing},
      {"hal.fence.await", &Recorder::zero},
      {"hal.allocator.allocate", &Recorder::allocate},
      {"hal.allocator.import", &Recorder::import_buffer},
      {"hal.ex.file.from_memory", &Recorder::file_from_memory},
      {"hal.buffer.assert", &Recorder::nothing},
      {"hal.buffer.subspan", &Recorder::buffer_subspan},
      {"hal.buffer.length", &Recorder::buffer_length},
      {"hal.buffer_view.assert", &Recorder::nothing},
      {"hal.buffer_view.create", &Recorder::view_create},
      {"hal.buffer_view.buffer", &Recorder::view_buffer},
      {"hal.command_buffer.create", &Recorder::create_commands},
      {"hal.command_buffer.finalize", &Recorder::nothing},
      {"hal.command_buffer.execution_barrier", &Recorder::nothing},
      {"hal.command_buffer.begin_debug_group", &Recorder::nothing},
      {"hal.command_buffer.end_debug_group", &Recorder::nothing},
      {"hal.command_buffer.dispatch", &Recorder::record_dispatch},
      {"hal.command_buffer.fill_buffer", &Recorder::record_fill},
      {"hal.command_buffer.copy_buffer", &Recorder::record_copy},
      {"hal.command_buffer.update_buffer", &Recorder::record_update},
      {"hal.device.queue.alloca", &Recorder::queue_alloca},
      {"hal.device.queue.dealloca", &Recorder::nothing},
      {"hal.device.queue.barrier", &Recorder::nothing},
      {"hal.device.queue.fill", &Recorder::queue_fill},
      {"hal.device.queue.copy", &Recorder::queue_copy},
      {"hal.device.queue.update", &Recorder::queue_update},
      {"hal.device.queue.read", &Recorder::queue_read},
      {"hal.device.queue.execute", &Recorder::queue_execute},
      {"hal.device.queue.execute.indirect", &Recorder::queue_execute},
  };
  return table;
}

Results Recorder::call(std::string_view name, Arguments arguments) {
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

}  // namespace

Result<Trace> record(const BytecodeModule& module, const std::string& entry,
                     const std::vector<std::uint64_t>& input_bytes) {
  Recorder recorder(module);
  Vm vm(module, [&recorder](std::string_view name, std::span<const Argument> arguments) {
    return recorder.call(name, Arguments(arguments));
  });
  if (module.exports.contains("__init")) {
    ASSIGN_OR_RETURN(const auto ignored, vm.call("__init", {}));
    static_cast<void>(ignored);
  }
  fold_constants(recorder.trace);
  std::vector<Value> arguments;
  for (std::size_t i = 0; i < input_bytes.size(); ++i) {
    const int buffer = recorder.add({BufferKind::kInput, input_bytes[i], static_cast<int>(i), {}});
    arguments.push_back({0, recorder.view_of(buffer)});
  }
  ASSIGN_OR_RETURN(const std::vector<Value> results, vm.call(entry, std::move(arguments)));
  for (const Value& result : results) {
    const auto view = std::dynamic_pointer_cast<BufferView>(result.ref);
    if (view == nullptr) {
      return fail(ExitCode::kBadModel, "{}: '{}' returns something that is no tensor",
                  module.origin, entry);
    }
    recorder.trace.outputs.push_back(view->where);
  }
  return std::move(recorder.trace);
}

}  // namespace thimble::iree
