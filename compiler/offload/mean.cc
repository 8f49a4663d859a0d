// Mean over dimensions that are neighbours: the converter makes sums of it, one a dimension, and a
// rescale that also divides.
#include "microkernels/mean.h"

#include <fmt/format.h>

#include <set>

#include "compiler/offload/candidate.h"
#include "compiler/offload/listing.h"
#include "compiler/offload/reduction.h"
#include "compiler/offload/rescale.h"

namespace thimble::offload {
namespace {

using mlir::Operation;

// The input as [rows][values][channels], of which the values are summed.
struct Shape {
  std::int64_t parts = 1;  // equal ones, in which the values of a row come
  std::int64_t rows = 1;
  std::int64_t values = 1;
  std::int64_t channels = 1;
};

class MeanLayer : public Candidate {
 public:
  MeanLayer(const Shape& shape, const Rescale& rescale, std::int64_t bias)
      : shape_(shape), rescale_(rescale), bias_(bias) {}

  [[nodiscard]] Layer encode(Goal goal) const override {
    const OutputRange& output = rescale_.output;
    Layer layer;
    layer.symbol = goal == Goal::kSize ? "thimble_mean_small" : "thimble_mean";
    layer.header = "microkernels/mean.h";
    layer.descriptor =
        fmt::format("Mean{{{{{}, {}, {}}}, {}, {{{}, {}}}, {}, {}, {}, {}}}", shape_.values,
                    shape_.channels, parts(), bias_, rescale_.multipliers[0], rescale_.shifts[0],
                    output.zero_point, output.lowest, output.highest, output.double_round);
    layer.rows = static_cast<int>(shape_.rows);
    const microkernels::MeanShape shape{static_cast<std::uint16_t>(shape_.values),
                                        static_cast<std::uint16_t>(shape_.channels),
                                        static_cast<std::uint16_t>(parts())};
    layer.orders = {recorded([&](auto& order) {
      microkernels::mean_order(shape, static_cast<std::uint32_t>(shape_.rows), order);
    })};
    const std::int64_t row = shape_.values * shape_.channels;
    layer.reads = {{0, row, row}};
    if (shape_.rows == 1) reduce(layer, shape);
    layer.forms["reference"] = 1;
    return layer;
  }

 private:
  // Several rows are gone through one by one.
  [[nodiscard]] std::int64_t parts() const { return shape_.rows == 1 ? shape_.parts : 1; }

  Shape shape_;
  Rescale rescale_;
  std::int64_t bias_;
};

// Absent if what is summed isn't one run of dimensions, but for those of one element.
std::optional<Shape> shape_of(const std::vector<std::int64_t>& extents,
                              const std::set<std::int64_t>& summed) {
  Shape shape;
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    if (extents[axis] == 1) continue;
    if (summed.contains(static_cast<std::int64_t>(axis))) {
      if (shape.channels != 1) return std::nullopt;
      if (shape.values == 1) shape.parts = extents[axis];
      shape.values *= extents[axis];
    } else {
      (shape.values == 1 ? shape.rows : shape.channels) *= extents[axis];
    }
  }
  return shape;
}

bool fits_16(std::int64_t extent) {
  return extent <= UINT16_MAX;
}

}  // namespace

Recognition recognize_mean(const Graph& graph, const Operation& operation) {
  constexpr const char* kChain =
      "1 rescale(x 1073741824 30 {} 0) i32 rounding_mode=#tosa.rounding_mode<DOUBLE_ROUND> "
      "scale32=true\n";
  constexpr std::int64_t kSafe = std::int64_t{1} << 30;
  if (operation.name != "tosa.reduce_sum") return {};
  const Operation* first = graph.producer(operation.operands[0]);
  if (first == nullptr || first->name != "tosa.rescale" || first->operands.size() != 5) return {};
  const auto type = mlir::tensor_type(first->operand_types[0]);
  const auto zero_point = graph.single(first->operands[3]);
  if (!type || type->element != "i8" || !zero_point ||
      list_chain(graph, first->operands[0], *first).text != fmt::format(kChain, *zero_point)) {
    return {nullptr, "sums of values that are not int8, or scaled before they are summed"};
  }
  std::set<std::int64_t> summed;
  const Operation* last = &operation;
  for (; last != nullptr && last->name == "tosa.reduce_sum";
       last = graph.only_user(last->results[0])) {
    summed.insert(mlir::integers(*last->find("axis"))[0]);
  }
  const auto rescale = read_rescale(graph, last);
  if (!rescale || rescale->input_zero_point != 0 || rescale->multipliers.size() != 1)
    return {nullptr, "sums that are not rescaled to int8 at once"};
  const auto shape = shape_of(type->shape, summed);
  if (!shape) return {nullptr, "sums over dimensions that are no neighbours"};
  if (!fits_16(shape->rows) || !fits_16(shape->values) || !fits_16(shape->channels))
    return {nullptr, "more than 65535 rows, values or channels"};
  for (const std::int64_t value : {-256 * shape->values, 256 * shape->values}) {
    const std::int64_t scaled = microkernels::apply_scale(
        value, rescale->multipliers[0], rescale->shifts[0], rescale->output.double_round);
    if (scaled < -kSafe || scaled > kSafe) return {nullptr, "means that overflow 32 bits"};
  }
  auto layer = std::make_unique<MeanLayer>(*shape, *rescale, -*zero_point * shape->values);
  layer->inputs = {first->operands[0]};
  layer->last = rescale->last;
  return {std::move(layer), {}};
}

}  // namespace thimble::offload
