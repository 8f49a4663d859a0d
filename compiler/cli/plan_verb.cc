// thimble plan: a model's memory over time, as a table and as a picture.
#include <fmt/format.h>

#include "compiler/base/file.h"
#include "compiler/base/writable.h"
#include "compiler/cli/model_options.h"
#include "compiler/cli/verbs.h"
#include "compiler/report/elf.h"
#include "compiler/timeline/timeline.h"

namespace thimble::cli {
namespace {

nlohmann::ordered_json to_json(const StackNeed& stack) {
  nlohmann::ordered_json path = nlohmann::ordered_json::array();
  for (const StackFrame& frame : stack.path)
    path.push_back({{"function", frame.function}, {"bytes", frame.bytes}});
  return {{"bytes", stack.bytes}, {"path", path}};
}

void print_stack(const StackNeed& stack) {
  fmt::print("\nmain stack: {} bytes at most, by this chain of calls\n", stack.bytes);
  for (const StackFrame& frame : stack.path)
    fmt::print("  {:>6}  {}\n", frame.bytes, frame.function);
}

}  // namespace

Verb plan_verb(CLI::App& app) {
  Verb verb = make_verb(app, "plan",
                        "Show a model's memory over time: which tensor is where at which layer");
  const auto options = add_model_options(*verb.parser);
  const auto picture = std::make_shared<std::string>();
  verb.parser->add_option("--picture", *picture,
                          "File for the picture, as SVG (default: plan.svg in the folder of the "
                          "results)");
  verb.action = [options, picture]() -> Result<Outcome> {
    if (!picture->empty()) TRY(check_writable_file(*picture));
    ASSIGN_OR_RETURN(const BuiltModel built, build_model(*options));
    const timeline::Timeline timeline = timeline::make_timeline(built.model, built.build.network);
    Outcome outcome{describe(built)};
    outcome.json["plan"] = timeline::to_json(timeline);
    ASSIGN_OR_RETURN(const ElfFile elf, ElfFile::open(built.build.elf));
    ASSIGN_OR_RETURN(const StackNeed stack, emit::main_stack(elf, built.build.network.plan));
    outcome.json["plan"]["stack"] = to_json(stack);
    const std::filesystem::path file =
        picture->empty() ? built.build.folder / "plan.svg" : std::filesystem::path(*picture);
    const std::string title = fmt::format("{} -O {} --offload {}", built.model.name,
                                          built.options.optimize, built.options.offload);
    TRY(write_text(file, timeline::to_svg_file(outcome.json["plan"], title)));
    TRY(write_report(built, outcome.json));
    fmt::print("\n{}", timeline::to_table(timeline));
    print_stack(stack);
    print_memory(built);
    fmt::print("  picture: {}\n", file.string());
    return outcome;
  };
  return verb;
}

}  // namespace thimble::cli
