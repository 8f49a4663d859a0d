// Slices, transpositions, and chains of them: one copy from where the bytes are first.
#include <fmt/format.h>

#include "compiler/offload/candidate.h"
#include "compiler/offload/elementwise.h"
#include "compiler/offload/view.h"
#include "microkernels/movement.h"

namespace thimble::offload {
namespace {

using mlir::Operation;

class Copying : public Candidate {
 public:
  Copying(const View& view, std::vector<View::Loop> loops, int rows, std::int64_t bytes)
      : first_(view.first), loops_(std::move(loops)), rows_(rows), bytes_(bytes) {}

  [[nodiscard]] Layer encode(Goal /*goal*/) const override {
    Layer layer;
    layer.symbol = "thimble_copy";
    layer.header = "microkernels/movement.h";
    std::string dimensions;
    for (const View::Loop& loop : loops_)
      dimensions += fmt::format("{{{}, {}}}, ", loop.extent, loop.step);
    layer.descriptor = fmt::format("Copy{{{{{}}}, {}, {}}}", dimensions, first_, bytes_ / rows_);
    layer.rows = rows_;
    layer.reads = reads();
    Order order = recorded([&](auto& recorder) {
      microkernels::copy_order(microkernel(), static_cast<std::uint32_t>(rows_), recorder);
    });
    if (!layer.reads.empty()) order = by_rows(std::move(order), rows_, layer.reads[0].step);
    layer.orders = {std::move(order)};
    return layer;
  }

 private:
  // None where rows are no even steps through the input.
  [[nodiscard]] std::vector<RowReads> reads() const {
    constexpr std::size_t kInRow = 2;
    RowReads result{first_, 0, 1};
    std::int64_t rows = 1;
    for (std::size_t d = 0; d < loops_.size(); ++d) {
      const View::Loop& loop = loops_[d];
      if (loop.extent == 1) continue;
      if (d < loops_.size() - kInRow) {
        if (rows != 1 || loop.step < 0) return {};
        rows = loop.extent;
        result.step = loop.step;
        continue;
      }
      const std::int64_t reach = (loop.extent - 1) * loop.step;
      result.bytes += std::abs(reach);
      result.first += std::min<std::int64_t>(reach, 0);
    }
    if (rows != rows_) return {};
    return {result};
  }

  [[nodiscard]] microkernels::Copy microkernel() const {
    microkernels::Copy copy{};
    for (std::size_t d = 0; d < loops_.size(); ++d) {
      copy.dimensions[d] = {static_cast<std::uint32_t>(loops_[d].extent),
                            static_cast<std::int32_t>(loops_[d].step)};
    }
    copy.first = static_cast<std::uint32_t>(first_);
    copy.row_bytes = static_cast<std::uint32_t>(bytes_ / rows_);
    return copy;
  }

  std::int64_t first_;
  std::vector<View::Loop> loops_;
  int rows_;
  std::int64_t bytes_;
};

// The next slice or transposition, when nothing else uses the value.
const Operation* next_move(const Graph& graph, const std::string& value) {
  const Operation* user = graph.only_user(value);
  while (user != nullptr && user->name == "tosa.reshape") user = graph.only_user(user->results[0]);
  if (user == nullptr || (user->name != "tosa.slice" && user->name != "tosa.transpose"))
    return nullptr;
  return user;
}

// As many loops as a descriptor has, the last two within a row. None is part of a row and of more
// than that.
std::optional<std::vector<View::Loop>> arranged(const View& view, bool is_picture) {
  constexpr auto kLoops = static_cast<std::size_t>(microkernels::kCopyDimensions);
  const std::size_t split = is_picture ? 2 : 0;
  std::vector<View::Loop> loops = view.joined(0, split);
  std::vector<View::Loop> row = view.joined(split, view.loops.size());
  if (row.empty()) row.push_back({1, 1});
  if (row.size() == 1) row.insert(row.begin(), {1, 0});
  loops.insert(loops.end(), row.begin(), row.end());
  if (loops.size() > kLoops) return std::nullopt;
  loops.insert(loops.begin(), kLoops - loops.size(), {1, 0});
  return loops;
}

}  // namespace

Recognition recognize_copy(const Graph& graph, const Operation& operation) {
  if (operation.name != "tosa.slice" && operation.name != "tosa.transpose") return {};
  const std::string& value = operation.results[0];
  const auto type = mlir::tensor_type(operation.result_types[0]);
  const auto view = read_view(graph, value);
  if (!type || !view || graph.constant(view->source)) return {};
  if (const Operation* next = next_move(graph, value); next != nullptr) {
    const auto farther = read_view(graph, next->results[0]);
    if (farther && farther->source == view->source) return {};  // which needs no value between
  }
  const std::vector<View::Loop> loops = view->joined(0, view->loops.size());
  if (loops.empty() || (loops.size() == 1 && loops[0].step == 1)) return {};  // IREE's are free
  auto all = arranged(*view, type->shape.size() == 4 && type->shape[0] == 1);
  if (!all) return {nullptr, "more dimensions than a descriptor holds"};
  auto copy = std::make_unique<Copying>(*view, *std::move(all), rows_of(*type), type->count());
  copy->inputs = {view->source};
  copy->last = &operation;
  return {std::move(copy), {}};
}

}  // namespace thimble::offload
