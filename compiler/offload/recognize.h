// Recognising one layer. Internal to offload.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/mlir/operation.h"
#include "compiler/offload/layer.h"

namespace thimble::offload {

/// The operations of a function's body, by the values they define, and how often each value is
/// used.
class Graph {
 public:
  explicit Graph(const std::vector<mlir::Operation>& body);
  [[nodiscard]] const mlir::Operation* producer(const std::string& value) const;
  /// The one operation that uses the value; null if there are more or none.
  [[nodiscard]] const mlir::Operation* only_user(const std::string& value) const;
  /// Numbers of a constant, also behind reshapes.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> constant(const std::string& value) const;

 private:
  std::map<std::string, const mlir::Operation*> producers_;
  std::map<std::string, std::vector<const mlir::Operation*>> users_;
};

struct Recognized {
  Layer layer;
  std::string input;                      ///< the value the layer reads
  const mlir::Operation* last = nullptr;  ///< the operation whose result the layer makes
};

/// A layer that begins with `operation`, if a microkernel computes it exactly.
[[nodiscard]] std::optional<Recognized> recognize(const Graph& graph,
                                                  const mlir::Operation& operation);

}  // namespace thimble::offload
