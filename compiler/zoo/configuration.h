// What the zoo's report measures: every model on every board with every option, and the variants of
// the field report.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/boards/board.h"

namespace thimble::zoo {

/// A model of the report.
struct Model {
  std::string name;
  std::filesystem::path path;
  bool has_test_inputs = false;
};

/// One firmware that is made and measured.
struct Configuration {
  Model model;
  std::string board;
  std::string isa;
  std::string optimize = "speed";
  std::string offload = "all";
  std::string weights = "rodata";
  std::string signedness = "strip";
  bool profiled = false;  ///< layer by layer
  bool scored = false;    ///< with the model's test inputs

  /// Names it among all configurations, as a path: "sine/qemu-virt-rv32imac-size-all".
  [[nodiscard]] std::string key() const;
  /// What tells it from others of the model, for people: "qemu-virt -O size --offload all".
  [[nodiscard]] std::string title() const;
  /// What shares its network, so that it is compiled once.
  [[nodiscard]] std::string network() const;
  /// MODEL and options for a verb.
  [[nodiscard]] std::vector<std::string> arguments() const;
  /// The contract's keys about what was asked for.
  [[nodiscard]] nlohmann::ordered_json to_json() const;
};

/// All configurations of a model follow each other. On each board: both -O and both --offload, and
/// weights in .data; on the first one also other instruction sets and types with their signedness.
/// Layers are profiled on the first board.
[[nodiscard]] std::vector<Configuration> configurations(const std::vector<Model>& models,
                                                        const std::vector<Board>& boards);

}  // namespace thimble::zoo
