// See listing.h.
#include "compiler/offload/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace thimble::offload {
namespace {

using mlir::Operation;

std::string attributes_text(const Operation& operation) {
  std::string text;
  for (const auto& [name, value] : operation.properties) {
    if (name == "nan_mode" || value == "false") continue;  // integers have no NaN
    const auto type = mlir::tensor_type(operation.operand_types[0]);
    const auto last = type ? static_cast<std::int64_t>(type->shape.size()) - 1 : 0;
    const bool is_last = name == "axis" && mlir::integers(value) == std::vector{last};
    text += fmt::format(" {}={}", name, is_last ? "last" : value);
  }
  return text;
}

class Lister {
 public:
  Lister(const Graph& graph, const std::string& input) : graph_(graph) { names_[input] = "x"; }

  // Lists what makes `value`, once. Returns its name.
  std::string list(const std::string& value) {
    if (const auto found = names_.find(value); found != names_.end()) return found->second;
    std::string& name = names_[value];
    if (const auto number = graph_.single(value)) return name = std::to_string(*number);
    if (auto table = graph_.constant(value)) {
      listing_.tables.push_back(*std::move(table));
      return name = "table";
    }
    const Operation* operation = graph_.producer(value);
    if (operation == nullptr || operation->results.size() != 1) {
      complete_ = false;
      return {};
    }
    std::string operands;
    for (const std::string& operand : operation->operands)
      operands += (operands.empty() ? "" : " ") + list(operand);
    const auto type = mlir::tensor_type(operation->result_types[0]);
    listing_.text += fmt::format("{} {}({}) {}{}\n", ++count_, operation->name.substr(5), operands,
                                 type ? type->element : "?", attributes_text(*operation));
    return names_[value] = fmt::format("%{}", count_);
  }

  Listing take() {
    if (!complete_) return {};
    return std::move(listing_);
  }

 private:
  const Graph& graph_;
  std::map<std::string, std::string> names_;
  Listing listing_;
  int count_ = 0;
  bool complete_ = true;
};

}  // namespace

Listing list_chain(const Graph& graph, const std::string& input, const Operation& last) {
  Lister lister(graph, input);
  lister.list(last.results[0]);
  return lister.take();
}

}  // namespace thimble::offload
