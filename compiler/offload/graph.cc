// See graph.h.
#include "compiler/offload/graph.h"

#include <algorithm>

#include "compiler/mlir/constants.h"

namespace thimble::offload {

using mlir::Operation;

Graph::Graph(const std::vector<Operation>& body) {
  for (const Operation& operation : body) {
    for (const std::string& result : operation.results) producers_[result] = &operation;
    for (const std::string& operand : operation.operands) users_[operand].push_back(&operation);
  }
}

const Operation* Graph::producer(const std::string& value) const {
  const auto found = producers_.find(value);
  return found == producers_.end() ? nullptr : found->second;
}

const std::vector<const Operation*>& Graph::users(const std::string& value) const {
  static const std::vector<const Operation*> none;
  const auto found = users_.find(value);
  return found == users_.end() ? none : found->second;
}

const Operation* Graph::only_user(const std::string& value) const {
  const auto& all = users(value);
  return all.size() == 1 ? all[0] : nullptr;
}

void Graph::add_layer(const Operation& last) {
  layers_.insert(last.results.begin(), last.results.end());
}

std::optional<std::vector<std::int64_t>> Graph::constant(const std::string& value) const {
  const Operation* operation = producer(value);
  while (operation != nullptr && operation->name == "tosa.reshape")
    operation = producer(operation->operands[0]);
  if (operation == nullptr || operation->name != "tosa.const") return std::nullopt;
  return mlir::constant_values(*operation);
}

std::optional<std::vector<std::int64_t>> Graph::extents(const std::string& value) const {
  constexpr std::string_view kType = "!tosa.shape<";
  const Operation* operation = producer(value);
  if (operation == nullptr || operation->name != "tosa.const_shape" ||
      !operation->result_types[0].starts_with(kType)) {
    return std::nullopt;
  }
  std::vector<std::int64_t> values = mlir::integers(*operation->find("values"));
  const auto count =
      static_cast<std::size_t>(std::atoi(operation->result_types[0].c_str() + kType.size()));
  if (values.size() == 1) values.resize(count, values[0]);
  if (values.size() != count) return std::nullopt;
  return values;
}

std::optional<std::int64_t> Graph::single(const std::string& value) const {
  const auto values = constant(value);
  if (!values || values->empty() ||
      std::ranges::adjacent_find(*values, std::ranges::not_equal_to{}) != values->end()) {
    return std::nullopt;
  }
  return values->front();
}

}  // namespace thimble::offload
