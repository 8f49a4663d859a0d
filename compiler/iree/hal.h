// The hardware abstraction layer that records: what each of IREE's imports does to buffers and
// commands. Internal to the recorder.
#pragma once

#include <bit>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/iree/trace.h"
#include "compiler/iree/vm.h"

namespace thimble::iree {

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

// What no network for a microcontroller needs: a damaged module must not exhaust the host.
inline constexpr std::uint64_t kMostBufferBytes = 1u << 30;
inline constexpr std::size_t kMostCommands = 100'000;

// Arguments as a damaged module may pass them: what is missing reads as empty.
class Arguments {
 public:
  explicit Arguments(std::span<const Argument> all) : all_(all) {}
  const Argument& operator[](std::size_t i) const {
    static const Argument missing;
    return i < all_.size() ? all_[i] : missing;
  }

 private:
  std::span<const Argument> all_;
};
using Results = Result<std::vector<Value>>;

class RecordingHal {
 public:
  explicit RecordingHal(const BytecodeModule& module) : module_(module) {}

  Results call(std::string_view name, Arguments arguments);
  int add(Buffer buffer) {
    if (buffer.size > kMostBufferBytes - buffer_bytes_) {
      error_ = "more than a gigabyte of buffers";
      buffer = {buffer.kind, 0, buffer.input, {}};
    }
    buffer_bytes_ += buffer.size;
    trace.buffers.push_back(std::move(buffer));
    return static_cast<int>(trace.buffers.size()) - 1;
  }
  [[nodiscard]] Ref view_of(int buffer) const {
    return std::make_shared<BufferView>(
        Range{buffer, 0, trace.buffers[static_cast<std::size_t>(buffer)].size});
  }

  Trace trace;

 private:
  using Handler = Results (RecordingHal::*)(Arguments);
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
  void push(Step step) {
    if (trace.steps.size() >= kMostCommands) error_ = "too many commands";
    if (error_.empty()) trace.steps.push_back(std::move(step));
  }
  LateRange late(const Value& buffer, const Value& slot, const Value& offset, const Value& length) {
    return {buffer.ref ? as<HalBuffer>(buffer.ref, "buffer") : nullptr, slot.number, offset.number,
            length.number};
  }
  FillStep fill_of(std::uint64_t pattern, std::uint64_t length) {
    if (!std::has_single_bit(length) || length > 8) error_ = "a fill with a pattern of odd size";
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
  std::uint64_t buffer_bytes_ = 0;
  std::string error_;
};

}  // namespace thimble::iree
