// Measurements and anchors as tables: for the terminal, and as a page of the documentation.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/bench/anchors.h"

namespace thimble::bench {

/// What could not be measured, and why.
struct Failure {
  std::string model;
  std::string configuration;  ///< "-O size --offload all"
  ExitCode code;
};

struct Results {
  /// A list of the contract's objects, with memory, inference and validation; those of a model
  /// follow each other.
  nlohmann::ordered_json measurements = nlohmann::ordered_json::array();
  std::vector<Failure> failures;
};

/// "-O size --offload all".
[[nodiscard]] std::string configuration(const std::string& optimize, const std::string& offload);

/// For the terminal.
[[nodiscard]] std::string to_table(const Results& results, const Anchors& anchors);

/// The page docs/benchmarks.md, in Markdown. `command` is the one that makes it.
[[nodiscard]] std::string to_page(const Results& results, const Anchors& anchors,
                                  const std::string& command);

}  // namespace thimble::bench
