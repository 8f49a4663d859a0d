// See configuration.h.
#include "compiler/zoo/configuration.h"

#include <fmt/format.h>

#include <algorithm>

namespace thimble::zoo {
namespace {

// What the field report recommends to try: hard float, and vectors.
constexpr const char* kOtherIsas[] = {"rv32imafc", "rv32imacv"};

void add_basics(std::vector<Configuration>& all, const Configuration& start, bool first_board) {
  for (const char* optimize : {"size", "speed"}) {
    for (const char* offload : {"all", "none"}) {
      Configuration& one = all.emplace_back(start);
      one.optimize = optimize;
      one.offload = offload;
      one.profiled = first_board;
      one.scored = start.model.has_test_inputs && one.offload == "all";
    }
  }
}

void add_variants(std::vector<Configuration>& all, const Configuration& start, const Board& board,
                  bool first_board) {
  Configuration in_data = start;
  in_data.optimize = "size";
  in_data.weights = "data";
  all.push_back(in_data);
  if (!first_board) return;
  for (const char* offload : {"all", "none"}) {
    Configuration keeping = start;
    keeping.optimize = "size";
    keeping.offload = offload;
    keeping.signedness = "keep";
    all.push_back(keeping);
  }
  for (const char* isa : kOtherIsas) {
    if (std::ranges::find(board.isas, isa) == board.isas.end()) continue;
    for (const char* offload : {"all", "none"}) {
      Configuration other = start;
      other.isa = isa;
      other.offload = offload;
      all.push_back(other);
    }
  }
}

}  // namespace

std::string Configuration::key() const {
  std::string key = fmt::format("{}/{}-{}-{}-{}", model.name, board, isa, optimize, offload);
  if (weights == "data") key += "-weights-in-data";
  if (signedness == "keep") key += "-with-signedness";
  return key;
}

std::string Configuration::title() const {
  std::string title = fmt::format("{} {} -O {} --offload {}", board, isa, optimize, offload);
  if (weights == "data") title += " --weights data";
  if (signedness == "keep") title += " --signedness keep";
  return title;
}

std::string Configuration::network() const {
  return fmt::format("{} {} {} {} {}", model.name, isa, optimize, offload, signedness);
}

std::vector<std::string> Configuration::arguments() const {
  return {model.path.string(),
          "--board",
          board,
          "--isa",
          isa,
          "-O",
          optimize,
          "--offload",
          offload,
          "--weights",
          weights,
          "--signedness",
          signedness};
}

nlohmann::ordered_json Configuration::to_json() const {
  return {{"model", model.name},     {"board", board},     {"isa", isa},
          {"optimize", optimize},    {"offload", offload}, {"weights", weights},
          {"signedness", signedness}};
}

std::vector<Configuration> configurations(const std::vector<Model>& models,
                                          const std::vector<Board>& boards) {
  std::vector<Configuration> all;
  for (const Model& model : models) {
    for (const Board& board : boards) {
      const bool first = &board == &boards.front();
      Configuration start{.model = model, .board = board.name, .isa = board.isa};
      add_basics(all, start, first);
      add_variants(all, start, board, first);
    }
  }
  return all;
}

}  // namespace thimble::zoo
