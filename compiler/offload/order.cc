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

}  // namespace thimble::offload
