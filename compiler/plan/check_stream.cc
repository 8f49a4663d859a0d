// See check_stream.h.
#include "compiler/plan/check_stream.h"

#include <algorithm>

#include "compiler/plan/stream_ops.h"

namespace thimble::plan {
namespace {

using iree::Access;

// A stream's windows: which byte of the tensor is at their beginning.
struct Windows {
  explicit Windows(const Stream& followed)
      : stream(followed), next_row(static_cast<std::size_t>(followed.stages) + 1) {
    for (const Stream::Window& window : stream.windows) first.push_back(window.first);
  }

  const Stream& stream;
  std::vector<std::int64_t> first;
  std::vector<std::uint32_t> next_row;  // of stages, and of the caller

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

class StreamCheck {
 public:
  StreamCheck(const Plan& plan, std::size_t number, ArenaContents& contents)
      : plan_(plan),
        number_(number),
        contents_(contents),
        windows_(plan.streams[static_cast<std::size_t>(plan.steps[number].stream)]) {}

  Status run() {
    const Stream& stream = windows_.stream;
    const Binding& state = plan_.steps[number_].bindings[0];
    TRY(contents_.write(fmt::format("step {}", number_), state));
    const auto stages = static_cast<std::size_t>(stream.stages);
    for (const StreamOp& op : read_ops(plan_, number_)) {
      const std::string name = fmt::format("step {}, at {} of its stream,", number_, op.position);
      if (op.slides) {
        if (op.number >= stream.windows.size())
          return fail(ExitCode::kToolFailed, "memory plan: {} is no slide", name);
        TRY(slide(name, op));
      } else if (plan_.feed && number_ == 0 && op.number == stages) {
        TRY(feed(name));
      } else {
        if (op.number >= stages)
          return fail(ExitCode::kToolFailed, "memory plan: {} is no stage", name);
        TRY(call(name, plan_.steps[number_ + 1 + op.number], op.rows,
                 windows_.next_row[op.number]));
      }
      TRY(contents_.read(name, state));
      if (plan_.feed) TRY(contents_.read(name, plan_.feed->state));
    }
    for (std::size_t stage = 0; stage < stages; ++stage) {
      const Step& step = plan_.steps[number_ + 1 + stage];
      const Binding& output = step.bindings[step.bindings.size() - 2];
      if (output.window < 0 && windows_.next_row[stage] != step.workgroups[0])
        return fail(ExitCode::kToolFailed, "memory plan: {} of the {} rows of step {} are computed",
                    windows_.next_row[stage], step.workgroups[0], number_ + 1 + stage);
    }
    if (plan_.feed && number_ == 0 && windows_.next_row.back() != plan_.feed->rows)
      return fail(ExitCode::kToolFailed, "memory plan: {} of the input's {} rows are taken",
                  windows_.next_row.back(), plan_.feed->rows);
    return {};
  }

 private:
  // The caller writes the input's next row.
  Status feed(const std::string& name) {
    const auto row = static_cast<std::int64_t>(plan_.feed->row_bytes);
    const std::int64_t first = windows_.next_row.back()++ * row;
    const Binding& input = plan_.inputs[0];
    if (first + row > static_cast<std::int64_t>(input.length))
      return fail(ExitCode::kToolFailed, "memory plan: {} takes a row too many", name);
    for (std::size_t i = 0; i < windows_.stream.windows.size(); ++i) {
      const Stream::Window& window = windows_.stream.windows[i];
      if (window.writer != windows_.stream.stages) continue;
      Binding place{true, window.offset,  input.length,       window.tensor,
                    0,    Access::kWrite, static_cast<int>(i)};
      const Binding part = windows_.part(place, first, first + row);
      TRY(is_in_window(name, part, window));
      return contents_.write(name, part);
    }
    return fail(ExitCode::kToolFailed, "memory plan: {} has no window to feed", name);
  }

  Status slide(const std::string& name, const StreamOp& op) {
    const Stream::Window& window = windows_.stream.windows[op.number];
    const std::int64_t end =
        windows_.next_row[static_cast<std::size_t>(window.writer)] * window.row_bytes;
    const std::int64_t begin = end - op.kept * window.row_bytes;
    Binding place{true,
                  window.offset,
                  window.bytes,
                  window.tensor,
                  0,
                  Access::kRead,
                  static_cast<int>(op.number)};
    const Binding from = windows_.part(place, begin, end);
    windows_.first[op.number] += op.down * window.row_bytes;
    const Binding to = windows_.part(place, begin, end);
    TRY(is_in_window(name, from, window));
    TRY(is_in_window(name, to, window));
    return contents_.copy(name, from, to);
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
              std::uint32_t& next_row) {
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
    Binding output = windows_.part(whole, length / rows * first, length / rows * end);
    if (layer.reduces) output = windows_.part(whole, end == rows ? 0 : length, length);
    const Binding& scratch = stage.bindings.back();
    // Sums are kept from call to call, other scratch is not.
    if (layer.reduces && first > 0) {
      TRY(contents_.read(name, scratch));
    } else {
      TRY(contents_.write(name, scratch));
    }
    std::vector<Binding> read_parts;
    for (std::size_t i = 0; i < inputs; ++i) {
      const Binding& input = stage.bindings[i];
      if (!input.in_arena) continue;
      const offload::RowReads& reads = layer.reads[i];
      const auto inside = [&](std::int64_t byte) {
        return std::clamp<std::int64_t>(byte, 0, static_cast<std::int64_t>(input.length));
      };
      const Binding part =
          windows_.part(input, inside(reads.first + first * reads.step),
                        inside(reads.first + (end - 1) * reads.step + reads.bytes));
      TRY(contents_.read_written(name, part));
      if (!meet(part, output)) {
        read_parts.push_back(part);
      } else if (layer.reduces || layer.orders.size() != inputs ||
                 !follows(layer.orders[i], windows_.part(input, 0, 0), windows_.part(whole, 0, 0),
                          first, end)) {
        return fail(ExitCode::kToolFailed,
                    "memory plan: {} writes over tensor {} before it is read", name, input.tensor);
      }
    }
    if (whole.window >= 0) {
      TRY(is_in_window(name, output,
                       windows_.stream.windows[static_cast<std::size_t>(whole.window)]));
    }
    TRY(contents_.write(name, output));
    read_parts.push_back(scratch);
    for (const Binding& part : read_parts) TRY(contents_.read(name, part));
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

  const Plan& plan_;
  const std::size_t number_;  // of the step
  ArenaContents& contents_;
  Windows windows_;
};

}  // namespace

Status check_stream(const Plan& plan, std::size_t number, ArenaContents& contents) {
  return StreamCheck(plan, number, contents).run();
}

}  // namespace thimble::plan
