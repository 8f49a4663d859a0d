// A program in MLIR's generic form, as plain data: operations with named values, attributes kept as
// text. Enough to read what the converter and IREE print, change it, and print it again; no dialect
// is known here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/result.h"

namespace thimble::mlir {

struct Region;

/// Named attributes in printed order; the text of a unit attribute is empty.
using Attributes = std::vector<std::pair<std::string, std::string>>;

struct Operation {
  std::string name;                   ///< "tosa.conv2d"
  std::vector<std::string> results;   ///< "%5", or "%5#0", "%5#1" of one operation with two results
  std::vector<std::string> operands;  ///< "%4", "%5#1", "%arg0"
  std::vector<std::string> successors;
  Attributes properties;  ///< what stands in <{...}>
  Attributes attributes;  ///< what stands in {...}
  std::vector<Region> regions;
  std::vector<std::string> operand_types;
  std::vector<std::string> result_types;
  std::string location;  ///< text inside loc(...); empty without debug information

  /// The text of a property or attribute of that name, or null.
  [[nodiscard]] const std::string* find(std::string_view key) const;
  /// Sets a property (properties are where dialects keep their own attributes).
  void set(std::string_view key, std::string value);
};

struct Block {
  std::string label;                                           ///< "^bb0"; empty if not printed
  std::vector<std::pair<std::string, std::string>> arguments;  ///< value and type
  std::vector<Operation> operations;
};

struct Region {
  std::vector<Block> blocks;
};

struct Module {
  std::map<std::string, std::string> aliases;  ///< "#map" or "!type" -> its definition; "#loc3" too
  std::vector<Operation> operations;           ///< normally one builtin.module

  /// The names in an operation's location ("t34"), each once, in the order they stand there; more
  /// than one where operations were fused or inlined. Names of files are none.
  [[nodiscard]] std::vector<std::string> location_names(const Operation& operation) const;
  /// The first of them, or empty.
  [[nodiscard]] std::string location_name(const Operation& operation) const;
};

/// Reads generic form as printed by iree-opt and iree-compile. `origin` names the text in errors.
[[nodiscard]] Result<Module> parse(std::string_view text, std::string_view origin);

/// Prints generic form again. Of locations only the name is kept: the rest holds paths of the
/// machine it was made on.
[[nodiscard]] std::string print(const Module& module);

/// Calls `visit` for every operation, outer before inner.
template <typename Visitor>
void walk(Operation& operation, const Visitor& visit) {
  visit(operation);
  for (Region& region : operation.regions) {
    for (Block& block : region.blocks) {
      for (Operation& inner : block.operations) walk(inner, visit);
    }
  }
}
template <typename Visitor>
void walk(Module& module, const Visitor& visit) {
  for (Operation& operation : module.operations) walk(operation, visit);
}

/// The numbers of an attribute such as `array<i64: 1, 2>`, `[1 : i32, 3 : i32]` or `dense<[1, 2]> :
/// ...`.
[[nodiscard]] std::vector<std::int64_t> integers(std::string_view attribute);

/// "tensor<1x25x5x64xi8>" taken apart. Absent for anything but a ranked tensor of static shape.
struct TensorType {
  std::vector<std::int64_t> shape;
  std::string element;  ///< "i8", "i32", "f32"
  [[nodiscard]] std::int64_t count() const;
};
[[nodiscard]] std::optional<TensorType> tensor_type(std::string_view type);
[[nodiscard]] std::string print(const TensorType& type);

}  // namespace thimble::mlir
