// What a recognizer makes of an operation: a candidate for a microkernel, or the reason why it is
// none. One recognizer for each kind of operator; offload.cc has their list. Internal to offload.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/mlir/operation.h"
#include "compiler/offload/graph.h"
#include "compiler/offload/layer.h"

namespace thimble::offload {

/// An operator of the program, with what follows it fused in, that a microkernel computes exactly.
class Candidate {
 public:
  Candidate() = default;
  Candidate(const Candidate&) = delete;
  Candidate& operator=(const Candidate&) = delete;
  virtual ~Candidate() = default;

  /// Everything of the layer but its name and tensor.
  [[nodiscard]] virtual Layer encode(Goal goal) const = 0;

  std::vector<std::string> inputs;         ///< the values it reads
  const mlir::Operation* first = nullptr;  ///< the operation that it was recognized by
  const mlir::Operation* last = nullptr;   ///< the operation whose result it makes
};

/// Neither set: not an operation that this recognizer knows.
struct Recognition {
  std::unique_ptr<Candidate> candidate;
  std::string refusal;  ///< why it must stay, in words for the user
};

using Recognizer = Recognition (*)(const Graph& graph, const mlir::Operation& operation);

[[nodiscard]] Recognition recognize_add(const Graph& graph, const mlir::Operation& operation);
[[nodiscard]] Recognition recognize_average_pool(const Graph& graph,
                                                 const mlir::Operation& operation);
[[nodiscard]] Recognition recognize_concatenate(const Graph& graph,
                                                const mlir::Operation& operation);
[[nodiscard]] Recognition recognize_convolution(const Graph& graph,
                                                const mlir::Operation& operation);
[[nodiscard]] Recognition recognize_copy(const Graph& graph, const mlir::Operation& operation);
[[nodiscard]] Recognition recognize_dequantize(const Graph& graph,
                                               const mlir::Operation& operation);
[[nodiscard]] Recognition recognize_lookup(const Graph& graph, const mlir::Operation& operation);
[[nodiscard]] Recognition recognize_max_pool(const Graph& graph, const mlir::Operation& operation);
[[nodiscard]] Recognition recognize_mean(const Graph& graph, const mlir::Operation& operation);
[[nodiscard]] Recognition recognize_multiply(const Graph& graph, const mlir::Operation& operation);
[[nodiscard]] Recognition recognize_pad(const Graph& graph, const mlir::Operation& operation);
[[nodiscard]] Recognition recognize_softmax(const Graph& graph, const mlir::Operation& operation);

}  // namespace thimble::offload
