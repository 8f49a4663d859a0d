// Following a stream: what a call of a stage and a slide of a window are. Its place in the order is
// known to those who follow it (stream.cc, feed.cc).
#pragma once

#include <cstring>

#include "runtime/runtime.h"

namespace thimble::runtime {

/// Over a stream's state, which lies in the arena: it may be made again to go on.
class StreamWalk {
 public:
  StreamWalk(const Step& step, std::byte* arena)
      : stream_(*static_cast<const Stream*>(step.detail)),
        stages_(&step + 1),
        arena_(arena),
        offsets_(reinterpret_cast<std::uint32_t*>(arena + step.bindings[0].offset)),
        rows_(reinterpret_cast<std::uint16_t*>(offsets_ + stream_.window_count)) {}

  /// Before the first op.
  [[gnu::always_inline]] void begin(const Step& step) {
    for (std::uint32_t i = 0; i < stream_.window_count; ++i)
      offsets_[i] = stream_.windows[i].offset;
    for (std::uint32_t i = 0; i < step.workgroups[0]; ++i) rows_[i] = 0;
  }

  /// Rows that a stage, or the caller, has written.
  [[nodiscard]] std::uint16_t& rows(unsigned stage) { return rows_[stage]; }

  /// Where a row of a window's tensor is.
  [[nodiscard]] std::byte* row(unsigned window, std::uint32_t number) const {
    return arena_ +
           static_cast<std::int32_t>(offsets_[window] + number * stream_.windows[window].row_bytes);
  }

  /// For the rows that are left, at most those of the stage's calls.
  [[gnu::always_inline]] void call(unsigned number) {
    const Step& stage = stages_[number];
    const std::uint32_t left = stage.workgroups[0] - rows_[number];
    call(number, left < stage.workgroups[1] ? left : stage.workgroups[1]);
  }

  void call(unsigned number, std::uint32_t rows) {
    const Step& stage = stages_[number];
    std::byte* buffers[kMostMicrokernelBuffers];
    for (unsigned i = 0; i < stage.binding_count; ++i) buffers[i] = address_of(stage, i);
    const std::uint32_t first = rows_[number];
    rows_[number] = static_cast<std::uint16_t>(first + rows);
    const auto function = reinterpret_cast<Microkernel>(const_cast<void*>(stage.function));
    function(stage.detail, buffers, first, rows);
  }

  void slide(unsigned number, std::uint32_t down, std::uint32_t kept) {
    const Stream::Window& window = stream_.windows[number];
    const std::uint32_t bytes = kept * window.row_bytes;
    std::uint32_t& offset = offsets_[number];
    std::byte* const from = arena_ + (offset + rows_[window.writer] * window.row_bytes - bytes);
    const std::uint32_t distance = down * window.row_bytes;
    offset -= distance;
    std::memmove(from - distance, from, bytes);
  }

 private:
  [[nodiscard]] std::byte* address_of(const Step& stage, unsigned binding) const {
    const Binding place = stage.bindings[binding];
    if (((stage.arena_bindings >> binding) & 1U) == 0)
      return static_cast<std::byte*>(const_cast<void*>(place.address));
    const auto offset = static_cast<std::uint32_t>(place.offset);
    // A window's tensor may begin before the arena: there it is not touched.
    return arena_ +
           static_cast<std::int32_t>((offset & kWindow) != 0 ? offsets_[offset - kWindow] : offset);
  }

  const Stream& stream_;
  const Step* stages_;
  std::byte* arena_;
  std::uint32_t* offsets_;
  std::uint16_t* rows_;
};

}  // namespace thimble::runtime
