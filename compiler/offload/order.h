// How far a microkernel has read an input when it writes a byte of its output, as the microkernels
// tell it (microkernels/order.h), in few numbers.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace thimble::offload {

/// Which bytes of an input a row is made from: `bytes` from `first` + row * `step` on, as far as
/// they are inside.
struct RowReads {
  std::int64_t first = 0;
  std::int64_t step = 0;
  std::int64_t bytes = 0;
  NLOHMANN_DEFINE_TYPE_INTRUSIVE(RowReads, first, step, bytes)
};

/// Of one input. Without runs nothing is known: all of it may be read until everything is written.
struct Order {
  /// `times` times: the output ends `written` elements farther on, and what is still to be read
  /// then begins `read` farther on.
  struct Run {
    std::int64_t times = 0;
    std::int64_t written = 0;
    std::int64_t read = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Run, times, written, read)
  };
  /// A lead that no two tensors have.
  static constexpr std::int64_t kNever = std::int64_t{1} << 40;

  /// Calls of some rows only: wherever one begins, while it writes a row the lead (below) is at
  /// most `first` and `step` more for each row before.
  struct Rows {
    std::int64_t first = kNever;
    std::int64_t step = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Rows, first, step)
  };
  /// More than one: each channel is gone through alone, and elements are those of one channel. An
  /// element of a channel never takes the place of another channel's.
  std::int64_t channels = 1;
  std::vector<Run> runs;
  Rows rows;
  std::int64_t exactly = kNever;  ///< a lead that will do, too, though more may not; of any call
  NLOHMANN_DEFINE_TYPE_INTRUSIVE(Order, channels, runs, rows, exactly)
};

/// Collects what a microkernel tells.
class OrderRecorder {
 public:
  void reads(std::int64_t first);
  void writes(std::int64_t end);
  [[nodiscard]] Order take(std::int64_t channels) const;

 private:
  struct Write {
    std::int64_t end;
    std::int64_t first_read;  // until the next one
  };
  std::vector<Write> writes_;
};

/// The order that `tell(recorder)` tells.
template <typename Tell>
[[nodiscard]] Order recorded(const Tell& tell, std::int64_t channels = 1) {
  OrderRecorder recorder;
  tell(recorder);
  return recorder.take(channels);
}

/// The order, with what it comes to in calls of some rows, if any of them keep to it: `rows` of
/// output, for each of which what is read begins `read_step` bytes farther on.
[[nodiscard]] Order by_rows(Order order, std::int64_t rows, std::int64_t read_step);

/// Calls `visit(end, unread)` for each time something is written: the output's end and the first
/// element that is still to be read then.
template <typename Visit>
void for_each_write(const Order& order, const Visit& visit) {
  std::int64_t end = 0;
  std::int64_t unread = 0;
  for (const Order::Run& run : order.runs) {
    for (std::int64_t i = 0; i < run.times; ++i) visit(end += run.written, unread += run.read);
  }
}

/// Bytes that the input must begin behind the output's beginning, at least, to be read before it is
/// written over. Negative where the input may even begin before the output. Only for orders with
/// runs.
[[nodiscard]] std::int64_t lead(const Order& order);

/// The same for a call of the rows from `begin` on up to `end`; kNever if nothing is known.
[[nodiscard]] std::int64_t lead(const Order& order, std::int64_t begin, std::int64_t end);

}  // namespace thimble::offload
