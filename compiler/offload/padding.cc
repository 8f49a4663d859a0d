// See padding.h.
#include "compiler/offload/padding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/offload/graph.h"

namespace thimble::offload {

void absorb_padding(mlir::Block& block) {
  const Graph graph(block.operations);
  for (mlir::Operation& operation : block.operations) {
    if ((operation.name != "tosa.conv2d" && operation.name != "tosa.depthwise_conv2d") ||
        operation.operands.size() != 5) {
      continue;
    }
    const mlir::Operation* padding = graph.producer(operation.operands[0]);
    if (padding == nullptr || padding->name != "tosa.pad" || padding->operands.size() != 3)
      continue;
    const auto sides = graph.extents(padding->operands[1]);
    const auto value = graph.single(padding->operands[2]);
    const bool is_border = sides && sides->size() == 8 && (*sides)[0] == 0 && (*sides)[1] == 0 &&
                           (*sides)[6] == 0 && (*sides)[7] == 0;
    if (!is_border || !value || graph.single(operation.operands[3]) != value) continue;
    std::vector<std::int64_t> pad = mlir::integers(*operation.find("pad"));
    for (std::size_t i = 0; i < pad.size(); ++i) pad[i] += (*sides)[i + 2];
    operation.set("pad", fmt::format("array<i64: {}>", fmt::join(pad, ", ")));
    operation.operands[0] = padding->operands[0];
    operation.operand_types[0] = padding->operand_types[0];
  }
}

}  // namespace thimble::offload
