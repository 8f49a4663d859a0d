// See view.h.
#include "compiler/offload/view.h"

#include <algorithm>
#include <utility>

namespace thimble::offload {
namespace {

using mlir::Operation;
using Loop = View::Loop;

void append(std::vector<Loop>& loops, const Loop& loop) {
  if (loop.extent == 1) return;
  if (!loops.empty() && loops.back().step == loop.step * loop.extent) {
    loops.back() = {loops.back().extent * loop.extent, loop.step};
  } else {
    loops.push_back(loop);
  }
}

View whole(const std::string& value, const mlir::TensorType& type) {
  View view{value, 0, std::vector<std::vector<Loop>>(type.shape.size())};
  std::int64_t step = 1;
  for (std::size_t d = type.shape.size(); d-- > 0;) {
    append(view.loops[d], {type.shape[d], step});
    step *= type.shape[d];
  }
  return view;
}

bool slice(View& view, const std::vector<std::int64_t>& start,
           const std::vector<std::int64_t>& size) {
  if (start.size() != view.loops.size() || size.size() != view.loops.size()) return false;
  for (std::size_t d = 0; d < view.loops.size(); ++d) {
    std::vector<Loop>& loops = view.loops[d];
    std::int64_t extent = 1;
    for (const Loop& loop : loops) extent *= loop.extent;
    if (start[d] == 0 && size[d] == extent) continue;
    if (loops.size() != 1) return false;
    view.first += start[d] * loops[0].step;
    const Loop part{size[d], loops[0].step};
    loops.clear();
    append(loops, part);
  }
  return true;
}

bool transpose(View& view, const std::vector<std::int64_t>& order) {
  if (order.size() != view.loops.size()) return false;
  std::vector<std::vector<Loop>> loops;
  loops.reserve(order.size());
  for (const std::int64_t from : order) loops.push_back(view.loops[static_cast<std::size_t>(from)]);
  view.loops = std::move(loops);
  return true;
}

// Gives the loops to the dimensions of another shape, split where a dimension ends within one.
bool reshape(View& view, const std::vector<std::int64_t>& shape) {
  std::vector<Loop> rest = view.joined(0, view.loops.size());
  std::ranges::reverse(rest);  // the outermost at the back
  view.loops.assign(shape.size(), {});
  for (std::size_t d = 0; d < shape.size(); ++d) {
    for (std::int64_t needed = shape[d]; needed > 1;) {
      if (rest.empty()) return false;
      Loop& next = rest.back();
      if (needed % next.extent == 0) {
        view.loops[d].push_back(next);
        needed /= next.extent;
        rest.pop_back();
      } else if (next.extent % needed == 0) {
        next.extent /= needed;
        view.loops[d].push_back({needed, next.step * next.extent});
        needed = 1;
      } else {
        return false;
      }
    }
  }
  return rest.empty();
}

bool apply(const Operation& operation, const mlir::TensorType& type, const Graph& graph,
           View& view) {
  if (operation.name == "tosa.reshape") return reshape(view, type.shape);
  if (operation.name == "tosa.transpose")
    return transpose(view, mlir::integers(*operation.find("perms")));
  const auto start = graph.extents(operation.operands[1]);
  const auto size = graph.extents(operation.operands[2]);
  return start && size && slice(view, *start, *size);
}

std::optional<mlir::TensorType> int8_type(const std::string& text) {
  auto type = mlir::tensor_type(text);
  if (!type || type->element != "i8" || type->count() == 0) return std::nullopt;
  return type;
}

}  // namespace

std::vector<Loop> View::joined(std::size_t first_dimension, std::size_t end) const {
  std::vector<Loop> all;
  for (std::size_t d = first_dimension; d < end; ++d) {
    for (const Loop& loop : loops[d]) append(all, loop);
  }
  return all;
}

std::optional<View> read_view(const Graph& graph, const std::string& value) {
  const Operation* operation = graph.producer(value);
  if (operation == nullptr || graph.is_layer(value) ||
      (operation->name != "tosa.slice" && operation->name != "tosa.transpose" &&
       operation->name != "tosa.reshape")) {
    return std::nullopt;
  }
  const auto type = int8_type(operation->result_types[0]);
  const auto input = int8_type(operation->operand_types[0]);
  if (!type || !input) return std::nullopt;
  auto farther = read_view(graph, operation->operands[0]);
  if (farther && apply(*operation, *type, graph, *farther)) return farther;
  View view = whole(operation->operands[0], *input);
  if (!apply(*operation, *type, graph, view)) return std::nullopt;
  return view;
}

}  // namespace thimble::offload
