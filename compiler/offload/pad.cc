// Padding that stands alone. That of convolutions becomes part of them (padding.h).
#include <fmt/format.h>

#include "compiler/offload/candidate.h"
#include "compiler/offload/elementwise.h"
#include "microkernels/movement.h"

namespace thimble::offload {
namespace {

using Side = microkernels::Pad::Side;

class Padding : public Candidate {
 public:
  Padding(const Side& rows, const Side& columns, const Side& bytes, int value)
      : rows_(rows), columns_(columns), bytes_(bytes), value_(value) {}

  [[nodiscard]] Layer encode(Goal /*goal*/) const override {
    Layer layer;
    layer.symbol = "thimble_pad";
    layer.header = "microkernels/movement.h";
    layer.descriptor = fmt::format("Pad{{{}, {}, {}, {}}}", text(rows_), text(columns_),
                                   text(bytes_), static_cast<std::uint8_t>(value_));
    layer.rows = static_cast<int>(rows_.before + rows_.inside + rows_.after);
    const std::int64_t row = std::int64_t{columns_.inside} * bytes_.inside;
    layer.reads = {{-std::int64_t{rows_.before} * row, row, row}};
    const auto tell = [&](auto& order) {
      microkernels::pad_order({rows_, columns_, bytes_, static_cast<std::uint8_t>(value_)}, order);
    };
    layer.orders = {by_rows(recorded(tell), layer.rows, row)};
    return layer;
  }

 private:
  static std::string text(const Side& side) {
    return fmt::format("{{{}, {}, {}}}", side.before, side.inside, side.after);
  }

  Side rows_;
  Side columns_;
  Side bytes_;
  int value_;
};

}  // namespace

Recognition recognize_pad(const Graph& graph, const mlir::Operation& operation) {
  if (operation.name != "tosa.pad" || operation.operands.size() != 3) return {};
  const auto input = mlir::tensor_type(operation.operand_types[0]);
  const auto padding = graph.extents(operation.operands[1]);
  const auto value = graph.single(operation.operands[2]);
  if (!input || input->element != "i8" || input->count() == 0) return {};
  if (!padding || padding->size() != 2 * input->shape.size() || !value)
    return {nullptr, "padding that is no constant"};
  std::vector<Side> sides;
  for (std::size_t d = 0; d < input->shape.size(); ++d) {
    const auto u32 = [](std::int64_t number) { return static_cast<std::uint32_t>(number); };
    sides.push_back({u32((*padding)[2 * d]), u32(input->shape[d]), u32((*padding)[2 * d + 1])});
  }
  // Batches of one are none.
  while (sides.size() > 3 && sides[0].before + sides[0].inside + sides[0].after == 1)
    sides.erase(sides.begin());
  while (sides.size() < 3) sides.insert(sides.begin(), Side{0, 1, 0});
  if (sides.size() != 3) return {nullptr, "more than three dimensions and a batch of one"};
  if (sides[0].before + sides[0].inside + sides[0].after > UINT16_MAX)
    return {nullptr, "more than 65535 rows"};
  if (sides[2].before + sides[2].after == 0) {  // columns are copied as one
    const std::uint32_t channels = sides[2].inside;
    const Side& columns = sides[1];
    sides[2] = {columns.before * channels, columns.inside * channels, columns.after * channels};
    sides[1] = {0, 1, 0};
  }
  auto pad = std::make_unique<Padding>(sides[0], sides[1], sides[2], static_cast<int>(*value));
  pad->inputs = {operation.operands[0]};
  pad->last = &operation;
  return {std::move(pad), {}};
}

}  // namespace thimble::offload
