// thimble trace: what a firmware did when, as a file that Perfetto and chrome://tracing open.
#include <fmt/format.h>

#include "compiler/base/process.h"
#include "compiler/cli/application_verbs.h"
#include "compiler/cli/card.h"
#include "compiler/cli/model_input.h"
#include "compiler/cli/shell_run.h"
#include "compiler/cli/target_run.h"
#include "compiler/pipeline/progress.h"
#include "compiler/profile/ownership.h"
#include "compiler/report/names.h"
#include "compiler/simulate/qemu.h"
#include "compiler/trace/chrome.h"

namespace thimble::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTraceEvents = "THIMBLE_TRACE_EVENTS";
constexpr std::size_t kApplicationEvents = 8192;

// What is fetched and what is needed to understand it.
struct Fetched {
  nlohmann::ordered_json json;  // about the firmware
  fs::path elf;
  Bytes trace;
  trace::StepNames steps;
};

// Steps are called after the tensor that their operator makes.
std::vector<std::string> step_names(const tflite::Model& model, const Network& network) {
  std::vector<std::string> names;
  for (const int op : profile::ownership(model, network).of_steps) {
    const tflite::Operator& owner = model.operators[static_cast<std::size_t>(op)];
    names.push_back(owner.outputs.empty()
                        ? owner.kind
                        : model.tensors[static_cast<std::size_t>(owner.outputs[0])].name);
  }
  return names;
}

Result<Fetched> trace_model(const ModelOptions& options, const std::string& input_choice) {
  ASSIGN_OR_RETURN(const fs::path path, find_model(options.model));
  ASSIGN_OR_RETURN(const tflite::Model model, tflite::read(path));
  ASSIGN_OR_RETURN(const std::optional<Card> card, read_card(path));
  ASSIGN_OR_RETURN(const Input input, find_input(input_choice, model, card));
  ASSIGN_OR_RETURN(emit::Target target, make_target(options));
  target.traces = true;
  ASSIGN_OR_RETURN(const BuiltModel built, build_model(options, std::move(target)));
  const Stage stage("running in the simulator");
  ASSIGN_OR_RETURN(Bytes trace, fetch_trace(built.options.target.board, built.build.elf,
                                            input.bytes, built.build.row_bytes()));
  return Fetched{describe(built),
                 built.build.elf,
                 std::move(trace),
                 {{model.name, step_names(model, built.build.network)}}};
}

Result<Fetched> trace_application(const Application& application, const ModelOptions& options,
                                  const Demonstration& demonstration) {
  ShellScript script{.lines = demonstration.lines, .fetch_trace = true};
  if (script.lines.empty()) script.lines = application.trace;
  ASSIGN_OR_RETURN(script.shift, simulated_shift(application, demonstration));
  ASSIGN_OR_RETURN(const emit::Target target, make_target(options));
  ModelOptions elsewhere = options;
  elsewhere.out =
      (source_root() / "build" / "out" /
       fmt::format("app-{}-{}-{}-trace", application.name, target.board.name, target.isa.name()))
          .string();
  std::vector<std::string> definitions;
  if (!application.kernel.contains(kTraceEvents))
    definitions.push_back(fmt::format("{}={}", kTraceEvents, kApplicationEvents));
  ASSIGN_OR_RETURN(const ApplicationBuild build,
                   build_for(application, elsewhere, target, definitions));
  ASSIGN_OR_RETURN(ShellRun run, run_at_shell(target.board, build.elf, script));
  Fetched fetched{describe(application, target, build), build.elf, std::move(run.trace), {}};
  for (const auto& [model, network] : build.models)
    fetched.steps[model.name] = step_names(model, network);
  return fetched;
}

bool is_elf(const fs::path& path) {
  const auto content = read_file(path);
  return content && content->size() > 4 && (*content)[0] == 0x7f && (*content)[1] == 'E' &&
         (*content)[2] == 'L' && (*content)[3] == 'F';
}

bool has_function(const ElfFile& elf, std::string_view name) {
  return std::ranges::any_of(elf.symbols(), [&](const Symbol& symbol) {
    return without_parameters(demangle(symbol.name)) == name;
  });
}

// A firmware that was built before: with apps/inference, or with a shell.
Result<Fetched> trace_elf(const fs::path& path, const ModelOptions& options,
                          const Demonstration& demonstration) {
  ASSIGN_OR_RETURN(const Board board, find_board(options.board));
  ASSIGN_OR_RETURN(const ElfFile elf, ElfFile::open(path));
  if (!has_function(elf, "thimble::trace::record")) {
    return fail(ExitCode::kUsage,
                "{}: has no trace; build it with THIMBLE_TRACE_EVENTS, or give the model",
                path.string());
  }
  Fetched fetched{{{"board", board.name}, {"elf", path.string()}}, path, {}, {}};
  if (has_function(elf, "thimble::shell::serve")) {
    ShellScript script{.lines = demonstration.lines, .fetch_trace = true};
    ASSIGN_OR_RETURN(script.shift, simulated_shift({}, demonstration));
    ASSIGN_OR_RETURN(ShellRun run, run_at_shell(board, path, script));
    fetched.trace = std::move(run.trace);
    return fetched;
  }
  ASSIGN_OR_RETURN(fetched.trace, fetch_trace(board, path, std::nullopt));
  return fetched;
}

Result<Fetched> fetch(const ModelOptions& options, const std::string& input,
                      const Demonstration& demonstration) {
  ASSIGN_OR_RETURN(const auto application, find_application(options.model));
  if (application) return trace_application(*application, options, demonstration);
  if (is_elf(options.model)) return trace_elf(options.model, options, demonstration);
  return trace_model(options, input);
}

}  // namespace

Verb trace_verb(CLI::App& app) {
  Verb verb = make_verb(app, "trace",
                        "Say what a model, an application or a firmware (an ELF) does when, for "
                        "Perfetto or chrome://tracing");
  const auto options = add_model_options_but_out(*verb.parser);
  const auto demonstration = add_demonstration_options(*verb.parser);
  const auto input = std::make_shared<std::string>();
  const auto out = std::make_shared<std::string>("trace.json");
  verb.parser->add_option("--input", *input, "Of a model: its input, as run takes it");
  verb.parser->add_option("--out", *out, "The file to write")->capture_default_str();
  verb.action = [options, demonstration, input, out]() -> Result<Outcome> {
    ASSIGN_OR_RETURN(const Fetched fetched, fetch(*options, *input, *demonstration));
    ASSIGN_OR_RETURN(const trace::Dump dump, trace::parse_dump(fetched.trace));
    ASSIGN_OR_RETURN(const ElfFile elf, ElfFile::open(fetched.elf));
    const trace::Timeline timeline = trace::make_timeline(dump, trace::Names(elf, fetched.steps));
    TRY(write_text(*out, trace::to_chrome(timeline, Qemu::kCyclesPerSecond).dump() + "\n"));
    fmt::print("\n{}\n  {}: {} slices; open it with ui.perfetto.dev or chrome://tracing\n",
               trace::to_text(timeline), *out, timeline.slices.size());
    Outcome outcome{fetched.json};
    outcome.json["file"] = *out;
    outcome.json["trace"] = trace::summary(timeline);
    return outcome;
  };
  return verb;
}

}  // namespace thimble::cli
