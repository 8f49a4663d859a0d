// thimble zoo: every model, board and option, measured and validated, and the report about it.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/cli/card.h"
#include "compiler/cli/model_list.h"
#include "compiler/cli/validation.h"
#include "compiler/cli/verbs.h"
#include "compiler/zoo/page.h"
#include "compiler/zoo/sweep.h"
#include "compiler/zoo/tables.h"

namespace thimble::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct ZooOptions {
  std::vector<std::string> models;
  std::vector<std::string> boards;
  std::shared_ptr<std::string> folder;
  std::string out;
  int samples = 3;
};

Result<std::vector<zoo::Model>> find_models(const ZooOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<fs::path> paths,
                   choose_models(options.models, *options.folder));
  std::vector<zoo::Model> models;
  for (const fs::path& path : paths) {
    const std::string name = path.stem().string();
    if (std::ranges::find(models, name, &zoo::Model::name) != models.end())
      return fail(ExitCode::kUsage, "{}: another model of that name is there", path.string());
    ASSIGN_OR_RETURN(const std::optional<Card> card, read_card(path));
    models.push_back({name, fs::absolute(path), card && card->accuracy && card->test_inputs});
  }
  return models;
}

// All that can be simulated, or those named.
Result<std::vector<Board>> find_boards(const std::vector<std::string>& names) {
  std::vector<Board> boards;
  if (names.empty()) {
    ASSIGN_OR_RETURN(boards, all_boards());
    std::erase_if(boards, [](const Board& board) { return !board.simulator; });
  }
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(Board board, find_board(name));
    if (!board.simulator)
      return fail(ExitCode::kUsage, "{}: has no simulator to measure in", board.name);
    boards.push_back(std::move(board));
  }
  return boards;
}

Outcome judge(Json results) {
  Outcome outcome{std::move(results)};
  std::size_t failed = 0;
  for (const Json& one : outcome.json) {
    for (const Json& failure : one.value("failures", Json::array())) {
      const auto code = static_cast<ExitCode>(failure.at("code").get<int>());
      const bool worse = code == ExitCode::kResultsDiffer && outcome.code != code;
      if (++failed == 1 || worse) {
        outcome.code = code == ExitCode::kDone ? ExitCode::kToolFailed : code;
        outcome.message = fmt::format("{}: {}", one.at("model").get<std::string>(),
                                      failure.at("message").get<std::string>());
      }
    }
  }
  if (failed > 1) outcome.message += fmt::format("; the report names all {} failures", failed);
  return outcome;
}

Result<Outcome> run_zoo(const ZooOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<zoo::Model> models, find_models(options));
  zoo::Sweep sweep{.configurations = {},
                   .boards = {},
                   .folder = fs::absolute(options.out.empty() ? source_root() / "build" / "report"
                                                              : fs::path(options.out)),
                   .samples = options.samples};
  ASSIGN_OR_RETURN(sweep.boards, find_boards(options.boards));
  sweep.configurations = zoo::configurations(models, sweep.boards);
  TRY(zoo::run(sweep));
  ASSIGN_OR_RETURN(Json list, zoo::collect(sweep));

  std::string command = "./thimble zoo";
  if (!options.folder->empty()) command += " --models DIR";
  for (const std::string& board : options.boards) command += " --boards " + board;
  for (const std::string& model : options.models)
    command += " " + fs::path(model).filename().string();
  const zoo::Results results(list);
  TRY(write_text(sweep.folder / "zoo.json", list.dump(2) + "\n"));
  TRY(write_text(sweep.folder / "zoo.csv", zoo::to_csv(results)));
  TRY(write_text(sweep.folder / "zoo.md", zoo::to_markdown_page(list, command)));
  TRY(write_text(sweep.folder / "zoo.html", zoo::to_page(list, sweep.boards, command)));
  fmt::print("{}\nwritten to {}: zoo.html, zoo.md, zoo.csv, zoo.json\n",
             zoo::to_markdown(zoo::overview(results)), sweep.folder.string());
  return judge(std::move(list));
}

}  // namespace

Verb zoo_verb(CLI::App& app) {
  Verb verb = make_verb(app, "zoo",
                        "Compile, run and validate models on every board with every option, and "
                        "write a report with pictures");
  const auto options = std::make_shared<ZooOptions>();
  options->folder = add_models_option(*verb.parser);
  verb.parser->add_option("MODEL", options->models,
                          "A .tflite file, or the name of a model; all of the zoo and of --models "
                          "by default");
  verb.parser
      ->add_option("--boards", options->boards,
                   "Boards, separated by commas; all that can "
                   "be simulated by default")
      ->delimiter(',')
      ->expected(1)
      ->take_all();
  verb.parser->add_option("--out", options->out,
                          "Folder for the report and what it is made of (default: build/report)");
  verb.parser
      ->add_option("--samples", options->samples, "How many random inputs each is validated with")
      ->check(CLI::Range(1, kMostSamples))
      ->capture_default_str();
  verb.action = [options] { return run_zoo(*options); };
  return verb;
}

}  // namespace thimble::cli
