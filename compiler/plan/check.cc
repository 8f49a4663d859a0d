// See check.h.
#include "compiler/plan/check.h"

#include <algorithm>

#include "compiler/plan/stream_ops.h"

namespace thimble::plan {
namespace {

using iree::Access;

class Memory {
 public:
  explicit Memory(const Plan& plan) : plan_(plan), arena_(plan.arena_bytes) {
    for (const PlannedTensor& tensor : plan.tensors) known_.emplace_back(tensor.bytes, false);
  }

  Status run() {
    if (plan_.feed) {
      TRY(write("the state of feeding", plan_.feed->state));
    } else {
      for (const Binding& input : plan_.inputs) TRY(write("an input", input));
    }
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      const Step& step = plan_.steps[s];
      const std::string name = fmt::format("step {}", s);
      switch (step.kind) {
        case StepKind::kMicrokernel:
          TRY(run_microkernel(name, step));
          break;
        case StepKind::kStream:
          TRY(run_stream(s));
          s +=
              static_cast<std::size_t>(plan_.streams[static_cast<std::size_t>(step.stream)].stages);
          break;
        case StepKind::kCopy:
          TRY(copy(name, step.bindings[1], step.bindings[0]));
          break;
        default:
          TRY(run_apart(name, step));
      }
    }
    if (plan_.feed) TRY(read("the state of feeding", plan_.feed->state));
    for (const Binding& output : plan_.outputs) TRY(read("an output", output));
    return {};
  }

 private:
  struct Content {
    int tensor = -1;
    std::uint64_t byte = 0;
  };

  // Everything is read before and after anything is written.
  Status run_apart(const std::string& name, const Step& step) {
    for (const Binding& binding : step.bindings) {
      if (binding.access != Access::kWrite) TRY(read(name, binding));
    }
    for (const Binding& binding : step.bindings) {
      if (binding.access != Access::kRead) TRY(write(name, binding));
    }
    for (const Binding& binding : step.bindings) TRY(read(name, binding));
    return {};
  }

  Status copy(const std::string& name, const Binding& source, const Binding& target) {
    TRY(read(name, source));
    std::vector<bool> known(target.length, true);
    if (source.in_arena && source.tensor == target.tensor) {  // a move: what was unknown stays so
      const auto& whole = known_[static_cast<std::size_t>(source.tensor)];
      std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(source.tensor_offset), source.length,
                  known.begin());
    }
    TRY(write(name, target));
    std::copy(known.begin(), known.end(),
              known_[static_cast<std::size_t>(target.tensor)].begin() +
                  static_cast<std::ptrdiff_t>(target.tensor_offset));
    return {};
  }

  // Bindings: inputs, output, scratch.
  Status run_microkernel(const std::string& name, const Step& step) {
    const std::vector<offload::Order>& orders =
        plan_.layers[static_cast<std::size_t>(step.layer)].layer.orders;
    const Binding& scratch = step.bindings.back();
    const Binding& output = step.bindings[step.bindings.size() - 2];
    const std::size_t inputs = step.bindings.size() - 2;
    if (orders.size() != inputs) return run_apart(name, step);
    TRY(write(name, scratch));
    for (std::size_t i = 0; i < inputs; ++i) TRY(read(name, step.bindings[i]));
    for (std::size_t i = 0; i < inputs; ++i) {
      if (step.bindings[i].in_arena) TRY(follow(name, orders[i], step.bindings[i], output));
    }
    TRY(write(name, output));
    return read(name, scratch);
  }

  // A stream's windows: which byte of the tensor is at their beginning.
  struct Windows {
    const Stream& stream;
    std::vector<std::int64_t> first;
    std::vector<std::uint32_t> next_row;  // of stages

    // The bytes [begin, end) of a stage's operand, where they are now.
    [[nodiscard]] Binding part(const Binding& binding, std::int64_t begin, std::int64_t end) const {
      Binding result = binding;
      std::int64_t address = static_cast<std::int64_t>(binding.offset) + begin;
      if (binding.window >= 0) address -= first[static_cast<std::size_t>(binding.window)];
      result.offset = static_cast<std::uint64_t>(address);
      result.length = static_cast<std::uint64_t>(end - begin);
      result.tensor_offset += static_cast<std::uint64_t>(begin);
      return result;
    }
  };

  // Follows the stream's ops as the runtime does. What a call writes may only be where it reads if
  // the microkernel's order says so.
  Status run_stream(std::size_t number) {
    const Step& step = plan_.steps[number];
    const Stream& stream = plan_.streams[static_cast<std::size_t>(step.stream)];
    Windows windows{
        stream, {}, std::vector<std::uint32_t>(static_cast<std::size_t>(stream.stages) + 1)};
    for (const Stream::Window& window : stream.windows) windows.first.push_back(window.first);
    const Binding& state = step.bindings[0];
    TRY(write(fmt::format("step {}", number), state));
    std::vector<std::uint32_t> rows_per_call;
    for (int stage = 0; stage < stream.stages; ++stage)
      rows_per_call.push_back(
          plan_.steps[number + 1 + static_cast<std::size_t>(stage)].rows_per_call);
    for (const StreamOp& op : read_ops(stream.ops, rows_per_call)) {
      const std::string name = fmt::format("step {}, at {} of its stream,", number, op.position);
      if (op.slides) {
        if (op.number >= stream.windows.size())
          return fail(ExitCode::kToolFailed, "memory plan: {} is no slide", name);
        TRY(slide(name, op, windows));
      } else if (plan_.feed && number == 0 && op.number == rows_per_call.size()) {
        TRY(feed(name, windows));
      } else {
        if (op.number >= rows_per_call.size())
          return fail(ExitCode::kToolFailed, "memory plan: {} is no stage", name);
        TRY(call(name, plan_.steps[number + 1 + op.number], op.rows, windows.next_row[op.number],
                 windows));
      }
      TRY(read(name, state));
      if (plan_.feed) TRY(read(name, plan_.feed->state));
    }
    if (plan_.feed && number == 0 && windows.next_row.back() != plan_.feed->rows)
      return fail(ExitCode::kToolFailed, "memory plan: {} of the input's {} rows are taken",
                  windows.next_row.back(), plan_.feed->rows);
    return {};
  }

  // The caller writes the input's next row.
  Status feed(const std::string& name, Windows& windows) {
    const auto row = static_cast<std::int64_t>(plan_.feed->row_bytes);
    const std::int64_t first = windows.next_row.back()++ * row;
    const Binding& input = plan_.inputs[0];
    if (first + row > static_cast<std::int64_t>(input.length))
      return fail(ExitCode::kToolFailed, "memory plan: {} takes a row too many", name);
    for (std::size_t i = 0; i < windows.stream.windows.size(); ++i) {
      const Stream::Window& window = windows.stream.windows[i];
      if (window.writer != windows.stream.stages) continue;
      Binding place{true, window.offset,  input.length,       window.tensor,
                    0,    Access::kWrite, static_cast<int>(i)};
      const Binding part = windows.part(place, first, first + row);
      TRY(is_in_window(name, part, window));
      return write(name, part);
    }
    return fail(ExitCode::kToolFailed, "memory plan: {} has no window to feed", name);
  }

  Status slide(const std::string& name, const StreamOp& op, Windows& windows) {
    const Stream::Window& window = windows.stream.windows[op.number];
    const std::int64_t end =
        windows.next_row[static_cast<std::size_t>(window.writer)] * window.row_bytes;
    const std::int64_t begin = end - op.kept * window.row_bytes;
    Binding place{true,
                  window.offset,
                  window.bytes,
                  window.tensor,
                  0,
                  Access::kRead,
                  static_cast<int>(op.number)};
    const Binding from = windows.part(place, begin, end);
    windows.first[op.number] += op.down * window.row_bytes;
    const Binding to = windows.part(place, begin, end);
    TRY(is_in_window(name, from, window));
    TRY(is_in_window(name, to, window));
    return copy(name, from, to);
  }

  [[nodiscard]] static Status is_in_window(const std::string& name, const Binding& part,
                                           const Stream::Window& window) {
    if (part.length == 0 ||
        (part.offset >= window.offset && part.offset + part.length <= window.offset + window.bytes))
      return {};
    return fail(ExitCode::kToolFailed, "memory plan: {} leaves the window of tensor {}", name,
                window.tensor);
  }

  // Bindings as those of a step; the next rows.
  Status call(const std::string& name, const Step& stage, std::uint32_t most_rows,
              std::uint32_t& next_row, Windows& windows) {
    const offload::Layer& layer = plan_.layers[static_cast<std::size_t>(stage.layer)].layer;
    const std::int64_t first = next_row;
    const std::int64_t rows = stage.workgroups[0];
    const std::int64_t end = std::min<std::int64_t>(rows, first + most_rows);
    next_row = static_cast<std::uint32_t>(end);
    const std::size_t inputs = stage.bindings.size() - 2;
    if (layer.reads.size() != inputs || first == end)
      return fail(ExitCode::kToolFailed, "memory plan: {} has no rows to compute", name);
    const Binding& whole = stage.bindings[inputs];
    const auto length = static_cast<std::int64_t>(whole.length);
    Binding output = windows.part(whole, length / rows * first, length / rows * end);
    if (layer.reduces) output = windows.part(whole, end == rows ? 0 : length, length);
    const Binding& scratch = stage.bindings.back();
    // Sums are kept from call to call, other scratch is not.
    if (layer.reduces && first > 0) {
      TRY(read(name, scratch));
    } else {
      TRY(write(name, scratch));
    }
    std::vector<Binding> read_parts;
    for (std::size_t i = 0; i < inputs; ++i) {
      const Binding& input = stage.bindings[i];
      if (!input.in_arena) continue;
      const offload::RowReads& reads = layer.reads[i];
      const auto inside = [&](std::int64_t byte) {
        return std::clamp<std::int64_t>(byte, 0, static_cast<std::int64_t>(input.length));
      };
      const Binding part = windows.part(input, inside(reads.first + first * reads.step),
                                        inside(reads.first + (end - 1) * reads.step + reads.bytes));
      TRY(read_written(name, part));
      if (!meet(part, output)) {
        read_parts.push_back(part);
      } else if (layer.reduces || layer.orders.size() != inputs ||
                 !follows(layer.orders[i], windows.part(input, 0, 0), windows.part(whole, 0, 0),
                          first, end)) {
        return fail(ExitCode::kToolFailed,
                    "memory plan: {} writes over tensor {} before it is read", name, input.tensor);
      }
    }
    if (whole.window >= 0) {
      TRY(is_in_window(name, output,
                       windows.stream.windows[static_cast<std::size_t>(whole.window)]));
    }
    TRY(write(name, output));
    read_parts.push_back(scratch);
    for (const Binding& part : read_parts) TRY(read(name, part));
    return {};
  }

  [[nodiscard]] static bool meet(const Binding& a, const Binding& b) {
    return std::max(a.offset, b.offset) < std::min(a.offset + a.length, b.offset + b.length);
  }

  // Whether a call for some rows may write where it has read.
  [[nodiscard]] static bool follows(const offload::Order& order, const Binding& input,
                                    const Binding& output, std::int64_t first, std::int64_t end) {
    const auto lead = static_cast<std::int64_t>(input.offset - output.offset);
    return lead == order.exactly ||
           (lead >= offload::lead(order, first, end) && lead % order.channels == 0);
  }

  // What a stage reads must have been written.
  [[nodiscard]] Status read_written(const std::string& name, const Binding& part) const {
    const auto& known = known_[static_cast<std::size_t>(part.tensor)];
    for (std::uint64_t i = 0; i < part.length; ++i) {
      if (known[part.tensor_offset + i]) continue;
      return fail(ExitCode::kToolFailed,
                  "memory plan: {} reads byte {} of tensor {} before it is written", name,
                  part.tensor_offset + i, part.tensor);
    }
    return read(name, part);
  }

  // Goes through all writes of the output, in their order, and looks what they destroy.
  [[nodiscard]] Status follow(const std::string& name, const offload::Order& order,
                              const Binding& input, const Binding& output) const {
    if (static_cast<std::int64_t>(input.offset - output.offset) == order.exactly) return {};
    const auto channels = static_cast<std::uint64_t>(order.channels);
    std::uint64_t begin = 0;
    bool is_right = true;
    offload::for_each_write(order, [&](std::int64_t end, std::int64_t unread) {
      for (; begin < static_cast<std::uint64_t>(end) * channels; ++begin) {
        if (begin >= output.length) continue;
        const std::uint64_t address = output.offset + begin;
        if (address < input.offset || address >= input.offset + input.length) continue;
        const std::uint64_t byte = address - input.offset;
        const bool is_read =
            byte % channels == begin % channels && std::int64_t(byte / channels) < unread;
        is_right = is_right && is_read;
      }
    });
    if (is_right && begin >= output.length) return {};
    return fail(ExitCode::kToolFailed, "memory plan: {} writes over tensor {} before it is read",
                name, input.tensor);
  }

  [[nodiscard]] Status is_inside(const std::string& name, const Binding& binding) const {
    if (binding.in_arena && binding.length <= arena_.size() &&
        binding.offset <= arena_.size() - binding.length)
      return {};
    return fail(ExitCode::kToolFailed, "memory plan: {} goes beyond the arena", name);
  }

  [[nodiscard]] Status read(const std::string& name, const Binding& binding) const {
    if (!binding.in_arena) return {};
    TRY(is_inside(name, binding));
    const auto& known = known_[static_cast<std::size_t>(binding.tensor)];
    for (std::uint64_t i = 0; i < binding.length; ++i) {
      const std::uint64_t byte = binding.tensor_offset + i;
      if (!known[byte]) continue;  // parts may be read that nobody has written
      const Content& content = arena_[binding.offset + i];
      if (content.tensor == binding.tensor && content.byte == byte) continue;
      return fail(ExitCode::kToolFailed,
                  "memory plan: {} reads byte {} of tensor {}, where a byte of tensor {} is", name,
                  byte, binding.tensor, content.tensor);
    }
    return {};
  }

  Status write(const std::string& name, const Binding& binding) {
    TRY(is_inside(name, binding));
    auto& known = known_[static_cast<std::size_t>(binding.tensor)];
    for (std::uint64_t i = 0; i < binding.length; ++i) {
      arena_[binding.offset + i] = {binding.tensor, binding.tensor_offset + i};
      known[binding.tensor_offset + i] = true;
    }
    return {};
  }

  const Plan& plan_;
  std::vector<Content> arena_;
  std::vector<std::vector<bool>> known_;  // bytes of tensors that were written
};

}  // namespace

Status check(const Plan& plan) {
  return Memory(plan).run();
}

}  // namespace thimble::plan
