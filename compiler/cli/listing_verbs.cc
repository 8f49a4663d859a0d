// thimble size, boards, models: what is there.
#include <fmt/format.h>

#include "compiler/boards/board.h"
#include "compiler/cli/model_list.h"
#include "compiler/cli/verbs.h"
#include "compiler/report/memory.h"
#include "compiler/tflite/model.h"

namespace thimble::cli {
namespace {

namespace fs = std::filesystem;

Result<ImageReport> measure_with_map(const fs::path& elf) {
  fs::path map = elf;
  map.replace_extension(".map");
  std::error_code ignored;
  return fs::exists(map, ignored) && map != elf ? measure(elf, map) : measure(elf, std::nullopt);
}

}  // namespace

Verb size_verb(CLI::App& app) {
  Verb verb = make_verb(app, "size", "Take a firmware apart by part and symbol, or compare two");
  const auto files = std::make_shared<std::vector<std::string>>();
  verb.parser
      ->add_option("ELF", *files, "One firmware, or two to compare; a .map beside an ELF is used")
      ->required()
      ->expected(1, 2);
  verb.action = [files]() -> Result<Outcome> {
    ASSIGN_OR_RETURN(const ImageReport first, measure_with_map((*files)[0]));
    if (files->size() == 1) {
      fmt::print("{}", to_table(first.breakdown));
      nlohmann::ordered_json json = to_json(first.breakdown);
      json["elf"] = (*files)[0];
      json["memory"] = to_json(first.memory);
      return Outcome{std::move(json)};
    }
    ASSIGN_OR_RETURN(const ImageReport second, measure_with_map((*files)[1]));
    fmt::print("{}", comparison_table(first.breakdown, second.breakdown));
    return Outcome{comparison_json(first.breakdown, second.breakdown)};
  };
  return verb;
}

Verb boards_verb(CLI::App& app) {
  Verb verb = make_verb(app, "boards", "List the boards");
  verb.action = []() -> Result<Outcome> {
    ASSIGN_OR_RETURN(const std::vector<Board> boards, all_boards());
    Outcome outcome{{{"boards", nlohmann::ordered_json::array()}}};
    for (const Board& board : boards) {
      nlohmann::ordered_json regions = nlohmann::ordered_json::array();
      for (const Region& region : board.regions) {
        regions.push_back({{"name", region.name},
                           {"kind", region.kind == RegionKind::kFlash ? "flash" : "ram"},
                           {"origin", region.origin},
                           {"length", region.length}});
      }
      outcome.json["boards"].push_back({{"name", board.name},
                                        {"description", board.description},
                                        {"isa", board.isa},
                                        {"isas", board.isas},
                                        {"regions", regions},
                                        {"simulated", board.simulator.has_value()}});
      fmt::print("{:<16} {}\n{:<16} {}; also {}\n", board.name, board.description, "", board.isa,
                 fmt::join(board.isas, ", "));
      for (const Region& region : board.regions) {
        fmt::print("{:<16} {} {} KB at {:#x}\n", "", region.name, region.length / 1024,
                   region.origin);
      }
    }
    return outcome;
  };
  return verb;
}

Verb models_verb(CLI::App& app) {
  Verb verb = make_verb(app, "models", "List the models of the zoo");
  const auto folder = add_models_option(*verb.parser);
  verb.action = [folder]() -> Result<Outcome> {
    ASSIGN_OR_RETURN(const std::vector<fs::path> paths, list_models(*folder));
    Outcome outcome{{{"models", nlohmann::ordered_json::array()}}};
    for (const fs::path& path : paths) {
      const auto model = tflite::read(path);
      if (!model) {  // one bad file doesn't hide the others
        fmt::print("{:<24} cannot be compiled: {}\n", path.stem().string(), model.error().message);
        continue;
      }
      outcome.json["models"].push_back({{"name", path.stem().string()},
                                        {"path", path.string()},
                                        {"macs", tflite::macs(*model)},
                                        {"operators", model->operators.size()}});
      fmt::print("{:<24} {:>12} MACs  {}\n", path.stem().string(), tflite::macs(*model),
                 path.string());
    }
    return outcome;
  };
  return verb;
}

}  // namespace thimble::cli
