// The command line: parses, runs one verb, writes its JSON, ends with the contract's exit code.
#include <fmt/format.h>

#include <exception>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/cli/verbs.h"

namespace thimble::cli {

Verb make_verb(CLI::App& app, const std::string& name, const std::string& help) {
  Verb verb{app.add_subcommand(name, help), {}, std::make_shared<std::string>()};
  verb.parser->add_option("--json", *verb.json_file,
                          "Write the result as JSON to this file; - is standard output");
  return verb;
}

namespace {

int report(const Error& error) {
  std::fflush(stdout);
  fmt::print(stderr, "thimble: {}\n", error.message);
  return static_cast<int>(error.code);
}

int run_action(const Verb& verb) {
  const Result<Outcome> outcome = verb.action();
  if (!outcome) return report(outcome.error());
  const std::string text = outcome->json.dump(2) + "\n";
  if (*verb.json_file == "-") {
    fmt::print("{}", text);
  } else if (!verb.json_file->empty()) {
    if (const Status written = write_text(*verb.json_file, text); !written)
      return report(written.error());
  }
  return outcome->code == ExitCode::kDone ? 0 : report({outcome->code, outcome->message});
}

int run(int argc, char** argv) {
  CLI::App app("Thimble turns a quantized TFLite model into bare-metal RV32 firmware.", "thimble");
  app.require_subcommand(1);
  app.footer(
      "Also: doctor (what is installed, what is missing) and test. docs/command-line.md has it "
      "all.");
  const std::vector<Verb> verbs{compile_verb(app), run_verb(app),    validate_verb(app),
                                size_verb(app),    boards_verb(app), models_verb(app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }
  for (const Verb& verb : verbs) {
    if (verb.parser->parsed()) return run_action(verb);
  }
  return static_cast<int>(ExitCode::kUsage);
}

}  // namespace
}  // namespace thimble::cli

int main(int argc, char** argv) {
  try {
    return thimble::cli::run(argc, argv);
  } catch (
      const std::exception& error) {  // from libraries: out of memory, a damaged file of our own
    fmt::print(stderr, "thimble: {}\n", error.what());
    return static_cast<int>(thimble::ExitCode::kToolFailed);
  }
}
