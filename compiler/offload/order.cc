// See order.h.
#include "compiler/offload/order.h"

#include <algorithm>

#include "microkernels/order.h"

namespace thimble::offload {
namespace {

constexpr std::int64_t kNothing = std::int64_t{1} << 40;  // behind every tensor

}  // namespace

void OrderRecorder::reads(std::int64_t first) {
  if (!writes_.empty()) writes_.back().first_read = std::min(writes_.back().first_read, first);
}

void OrderRecorder::writes(std::int64_t end) {
  writes_.push_back({end, kNothing});
}

Order OrderRecorder::take(std::int64_t channels) const {
  std::vector<Write> writes = writes_;
  std::int64_t unread = kNothing;
  for (auto write = writes.rbegin(); write != writes.rend(); ++write)
    unread = write->first_read = std::min(write->first_read, unread);
  Order order{channels, {}};
  Write last{0, 0};
  for (const Write& write : writes) {
    const std::int64_t written = write.end - last.end;
    const std::int64_t read = write.first_read - last.first_read;
    last = write;
    if (!order.runs.empty() && order.runs.back().written == written &&
        order.runs.back().read == read) {
      ++order.runs.back().times;
    } else {
      order.runs.push_back({1, written, read});
    }
  }
  return order;
}

std::int64_t lead(const Order& order) {
  microkernels::Lead lead;
  for_each_write(order, [&](std::int64_t end, std::int64_t unread) {
    lead.writes(end);
    lead.reads(unread);
  });
  return lead.elements * order.channels;
}

std::int64_t lead(const Order& order, std::int64_t begin, std::int64_t end) {
  if (order.rows.first == Order::kNever) return Order::kNever;
  return order.rows.first + order.rows.step * (order.rows.step < 0 ? begin : end - 1);
}

Order by_rows(Order order, std::int64_t rows, std::int64_t read_step) {
  std::int64_t all = 0;
  for (const Order::Run& run : order.runs) all += run.times * run.written * order.channels;
  if (all == 0 || all % rows != 0) return order;
  const std::int64_t row_bytes = all / rows;
  order.rows = {-Order::kNever, row_bytes - read_step};
  for_each_write(order, [&](std::int64_t end, std::int64_t unread) {
    const std::int64_t row = (end * order.channels - 1) / row_bytes;
    order.rows.first =
        std::max(order.rows.first, (end - unread) * order.channels - row * order.rows.step);
  });
  return order;
}

}  // namespace thimble::offload
