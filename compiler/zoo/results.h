// The report's results, looked up: which of them is meant, and a figure of it as a cell.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "compiler/zoo/table.h"

namespace thimble::zoo {

/// What is wanted of a result; what is empty may be anything.
struct Wanted {
  std::string model = {};
  std::string layout = {};
  std::string optimize = {};
  std::string offload = "all";
  std::string weights = "rodata";
  std::string signedness = "strip";
  std::string isa = {};
};

/// A view of the list that collect() makes; the list must outlive it.
class Results {
 public:
  explicit Results(const nlohmann::ordered_json& list) : list_(list) {}

  [[nodiscard]] const nlohmann::ordered_json& operator[](std::size_t index) const {
    return list_[index];
  }
  [[nodiscard]] std::size_t size() const { return list_.size(); }
  /// Names of the models, in their order.
  [[nodiscard]] std::vector<std::string> models() const;
  /// Indices of a model's results.
  [[nodiscard]] std::vector<std::size_t> of(const std::string& model) const;
  /// The first that fits and was measured.
  [[nodiscard]] std::optional<std::size_t> find(const Wanted& wanted) const;

  /// A whole number of a result, "1,234", by its JSON pointer; "–" where it is not known.
  [[nodiscard]] Cell number(std::optional<std::size_t> index, const std::string& pointer) const;
  /// Bytes as KB with one digit.
  [[nodiscard]] Cell kilobytes(std::optional<std::size_t> index, const std::string& pointer) const;
  /// A number with a fraction.
  [[nodiscard]] Cell fraction(std::optional<std::size_t> index, const std::string& pointer,
                              int digits) const;
  /// "exact (3)", how many values differ, or what failed.
  [[nodiscard]] Cell verdict(std::size_t index) const;
  /// Board and options of a result, short.
  [[nodiscard]] std::string title(std::size_t index) const;

 private:
  [[nodiscard]] const nlohmann::ordered_json* at(std::optional<std::size_t> index,
                                                 const std::string& pointer) const;
  const nlohmann::ordered_json& list_;
};

}  // namespace thimble::zoo
