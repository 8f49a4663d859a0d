// A chain of operations as canonical text, so that one comparison checks every operation, attribute
// and constant of it. Internal to offload.
#pragma once

#include <string>
#include <vector>

#include "compiler/offload/graph.h"

namespace thimble::offload {

struct Listing {
  /// An operation a line, numbered, after those that it reads: "2 add(%1 12) i32". Operands are "x"
  /// for the chain's input, "%1" for line 1, the number of a constant, or "table" for a constant of
  /// several numbers.
  std::string text;
  std::vector<std::vector<std::int64_t>> tables;  ///< in the order in which the text has them
};

/// Lists what lies between the value `input` and `last`. An axis is "last" where it is, attributes
/// that are false are left out, others are as the program has them. Empty if the chain reads
/// anything but its input.
[[nodiscard]] Listing list_chain(const Graph& graph, const std::string& input,
                                 const mlir::Operation& last);

}  // namespace thimble::offload
