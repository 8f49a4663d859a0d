// See slicing.h. The converter slices because TOSA wants windows to cover their input exactly.
#include "compiler/offload/slicing.h"

#include <algorithm>

#include "compiler/offload/candidate.h"
#include "compiler/offload/graph.h"

namespace thimble::offload {
namespace {

// Whether nothing is cut off but rows at the bottom and columns at the right.
bool keeps_origin(const Graph& graph, const mlir::Operation& slice, const mlir::TensorType& source,
                  const mlir::TensorType& cut) {
  const auto start = graph.extents(slice.operands[1]);
  return start && std::ranges::all_of(*start, [](std::int64_t at) { return at == 0; }) &&
         source.shape.size() == 4 && cut.shape.size() == 4 && source.shape[0] == cut.shape[0] &&
         source.shape[3] == cut.shape[3];
}

}  // namespace

void absorb_slices(mlir::Block& block) {
  const Graph graph(block.operations);
  for (mlir::Operation& operation : block.operations) {
    // What stays with IREE must stay right TOSA.
    if (recognize_convolution(graph, operation).candidate == nullptr &&
        recognize_average_pool(graph, operation).candidate == nullptr &&
        recognize_max_pool(graph, operation).candidate == nullptr) {
      continue;
    }
    const mlir::Operation* slice = graph.producer(operation.operands[0]);
    if (slice == nullptr || slice->name != "tosa.slice" || slice->operands.size() != 3) continue;
    const auto source = mlir::tensor_type(slice->operand_types[0]);
    const auto cut = mlir::tensor_type(slice->result_types[0]);
    // With padding at the cut, windows would read there what was cut off.
    const auto pad = mlir::integers(*operation.find("pad"));
    if (!source || !cut || !keeps_origin(graph, *slice, *source, *cut) || pad.size() != 4 ||
        pad[1] != 0 || pad[3] != 0) {
      continue;
    }
    operation.operands[0] = slice->operands[0];
    operation.operand_types[0] = slice->operand_types[0];
  }
}

}  // namespace thimble::offload
