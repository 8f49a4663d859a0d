// The operations of the program's function by the values that connect them. Internal to offload.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/mlir/operation.h"

namespace thimble::offload {

class Graph {
 public:
  /// Refers to `body`, which must outlive it unchanged.
  explicit Graph(const std::vector<mlir::Operation>& body);

  [[nodiscard]] const mlir::Operation* producer(const std::string& value) const;
  /// The one operation that uses the value; null if there are more or none.
  [[nodiscard]] const mlir::Operation* only_user(const std::string& value) const;
  [[nodiscard]] const std::vector<const mlir::Operation*>& users(const std::string& value) const;
  /// Numbers of a constant, also behind reshapes.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> constant(const std::string& value) const;
  /// Numbers of a tosa.const_shape.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> extents(const std::string& value) const;
  /// A constant's number, when it has exactly one element or all are the same.
  [[nodiscard]] std::optional<std::int64_t> single(const std::string& value) const;
  /// Whether a layer that has been found makes the value.
  [[nodiscard]] bool is_layer(const std::string& value) const { return layers_.contains(value); }
  void add_layer(const mlir::Operation& last);

 private:
  std::map<std::string, const mlir::Operation*> producers_;
  std::map<std::string, std::vector<const mlir::Operation*>> users_;
  std::set<std::string> layers_;
};

}  // namespace thimble::offload
