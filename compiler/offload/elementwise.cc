// See elementwise.h.
#include "compiler/offload/elementwise.h"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

namespace thimble::offload {
namespace {

// One dimension of the output, or several that all tensors have as one.
struct Dimension {
  std::int64_t extent;
  std::array<std::int64_t, 2> strides;  // of the inputs: 0 where they repeat
};

// From the innermost dimension out. Those of one element are left out; others
// are joined, but for the rows of a picture.
std::vector<Dimension> dimensions(const std::array<const mlir::TensorType*, 2>& inputs,
                                  const mlir::TensorType& output, std::size_t row_dimension) {
  std::vector<Dimension> result;
  std::array<std::int64_t, 2> counts{1, 1};
  for (std::size_t d = output.shape.size(); d-- > 0;) {
    Dimension next{output.shape[d], {}};
    for (std::size_t k = 0; k < 2; ++k) {
      const std::int64_t extent = inputs[k]->shape[d];
      next.strides[k] = extent == 1 ? 0 : counts[k];
      counts[k] *= extent;
    }
    if (next.extent == 1 && d != row_dimension) continue;
    const bool joins = !result.empty() && d != row_dimension &&
                       next.strides[0] == result.back().strides[0] * result.back().extent &&
                       next.strides[1] == result.back().strides[1] * result.back().extent;
    if (joins) {
      result.back().extent *= next.extent;
    } else {
      result.push_back(next);
    }
  }
  return result;
}

}  // namespace

int rows_of(const mlir::TensorType& type) {
  return type.shape.size() == 4 && type.shape[0] == 1 ? static_cast<int>(type.shape[1]) : 1;
}

std::optional<Meeting> read_meeting(const mlir::TensorType& first, const mlir::TensorType& second,
                                    const mlir::TensorType& output) {
  if (first.shape.size() != output.shape.size() || second.shape.size() != output.shape.size())
    return std::nullopt;
  const bool is_picture = output.shape.size() == 4 && output.shape[0] == 1;
  std::vector<Dimension> all =
      dimensions({&first, &second}, output, is_picture ? 1 : output.shape.size());
  const Dimension none{1, {0, 0}};
  Dimension rows = none;
  if (is_picture) {
    rows = all.back();
    all.pop_back();
  }
  all.resize(std::max<std::size_t>(all.size(), 2), none);
  if (!is_picture && all.size() == 3) {
    rows = all.back();
    all.pop_back();
  }
  if (all.size() != 2) return std::nullopt;
  Meeting meeting;
  meeting.rows = static_cast<int>(rows.extent);
  meeting.swapped = all[0].strides[0] == 0 && all[0].strides[1] != 0;
  const std::size_t a = meeting.swapped ? 1 : 0;
  const std::size_t b = 1 - a;
  const auto u32 = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
  meeting.broadcast = {u32(all[1].extent),
                       u32(all[0].extent),
                       {u32(rows.strides[a]), u32(all[1].strides[a])},
                       {u32(rows.strides[b]), u32(all[1].strides[b])},
                       all[0].strides[b] == 0 && all[0].extent > 1};
  return meeting;
}

std::string broadcast_text(const microkernels::Broadcast& broadcast) {
  return fmt::format("{{{}, {}, {{{}, {}}}, {{{}, {}}}, {}}}", broadcast.columns,
                     broadcast.elements, broadcast.first.row, broadcast.first.column,
                     broadcast.second.row, broadcast.second.column, broadcast.second_repeats);
}

std::vector<RowReads> reads_of(const Meeting& meeting) {
  const microkernels::Broadcast& shape = meeting.broadcast;
  const auto reads = [&](const microkernels::Broadcast::Input& input, std::int64_t elements) {
    return RowReads{0, input.row, (std::int64_t{shape.columns} - 1) * input.column + elements};
  };
  return {reads(shape.first, shape.elements),
          reads(shape.second, shape.second_repeats ? 1 : shape.elements)};
}

std::vector<Order> orders_of(const Meeting& meeting) {
  std::vector<Order> orders;
  for (const bool is_second : {false, true}) {
    const auto tell = [&](auto& order) {
      microkernels::broadcast_order(meeting.broadcast, static_cast<std::uint32_t>(meeting.rows),
                                    is_second, order);
    };
    const auto& input = is_second ? meeting.broadcast.second : meeting.broadcast.first;
    orders.push_back(by_rows(recorded(tell), meeting.rows, input.row));
  }
  return orders;
}

}  // namespace thimble::offload
