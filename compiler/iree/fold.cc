// See fold.h.
#include "compiler/iree/fold.h"

#include <cstring>

namespace thimble::iree {
namespace {

void execute(const FillStep& fill, std::vector<Buffer>& buffers) {
  Bytes& content = buffers[static_cast<std::size_t>(fill.target.buffer)].content;
  for (std::uint64_t i = 0; i < fill.target.length; ++i) {
    content[fill.target.offset + i] =
        static_cast<std::uint8_t>(fill.pattern >> (8 * (i % fill.pattern_length)));
  }
}

void execute(const CopyStep& copy, std::vector<Buffer>& buffers) {
  const Bytes& source = buffers[static_cast<std::size_t>(copy.source.buffer)].content;
  Bytes& target = buffers[static_cast<std::size_t>(copy.target.buffer)].content;
  if (copy.target.length == 0) return;
  std::memmove(&target[copy.target.offset], &source[copy.source.offset], copy.target.length);
}

}  // namespace

void fold_constants(Trace& trace) {
  // A working buffer is unknown if a dispatch may touch it, or a copy that stays does.
  std::vector<bool> unknown(trace.buffers.size(), false);
  const auto at = [](const Range& range) { return static_cast<std::size_t>(range.buffer); };
  for (bool changed = true; changed;) {
    changed = false;
    const auto mark = [&](const Range& range) {
      if (trace.buffers[at(range)].kind != BufferKind::kWorking || unknown[at(range)]) return;
      unknown[at(range)] = true;
      changed = true;
    };
    for (const Step& step : trace.steps) {
      if (const auto* dispatch = std::get_if<DispatchStep>(&step)) {
        for (const Range& binding : dispatch->bindings) mark(binding);
      } else if (const auto* copy = std::get_if<CopyStep>(&step)) {
        // The source of a copy that stays may change after it: then its last content is not it.
        if (unknown[at(copy->source)]) mark(copy->target);
        if (unknown[at(copy->target)]) mark(copy->source);
      }
    }
  }
  for (std::size_t i = 0; i < trace.buffers.size(); ++i) {
    Buffer& buffer = trace.buffers[i];
    if (buffer.kind != BufferKind::kWorking || unknown[i]) continue;
    buffer.content.resize(buffer.size);
    buffer.kind = BufferKind::kConstant;
  }
  std::vector<Step> kept;
  for (const Step& step : trace.steps) {
    const bool is_dispatch = std::holds_alternative<DispatchStep>(step);
    if (is_dispatch || unknown[at(ranges(step)[0])]) {
      kept.push_back(step);
    } else if (const auto* fill = std::get_if<FillStep>(&step)) {
      execute(*fill, trace.buffers);
    } else {
      execute(std::get<CopyStep>(step), trace.buffers);
    }
  }
  trace.steps = std::move(kept);
}

}  // namespace thimble::iree
