// The command line: parses, runs one verb, writes its JSON, ends with the contract's exit code.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/writable.h"
#include "compiler/cli/verbs.h"

namespace thimble::cli {

Verb make_verb(CLI::App& app, const std::string& name, const std::string& help) {
  Verb verb{app.add_subcommand(name, help), {}, std::make_shared<std::string>()};
  verb.parser->add_option("--json", *verb.json_file,
                          "Write the result as JSON to this file; - is standard output, what "
                          "people read then goes to standard error");
  return verb;
}

namespace {

int report(const Error& error) {
  std::fflush(stdout);
  fmt::print(stderr, "thimble: {}\n", error.message);
  return static_cast<int>(error.code);
}

// While it lives, what is printed for people goes to standard error: standard output is the JSON's.
class StandardOutputForJson {
 public:
  StandardOutputForJson() : saved_(::dup(STDOUT_FILENO)) {
    std::fflush(stdout);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
  }
  StandardOutputForJson(const StandardOutputForJson&) = delete;
  StandardOutputForJson& operator=(const StandardOutputForJson&) = delete;
  ~StandardOutputForJson() {
    std::fflush(stdout);
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

Result<Outcome> act(const Verb& verb) {
  if (*verb.json_file != "-") return verb.action();
  const StandardOutputForJson reserved;
  return verb.action();
}

int run_action(const Verb& verb) {
  if (!verb.json_file->empty() && *verb.json_file != "-") {
    if (const Status writable = check_writable_file(*verb.json_file); !writable)
      return report({writable.error().code, "--json: " + writable.error().message});
  }
  const Result<Outcome> outcome = act(verb);
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

// What is wrong with the arguments, and where help is, on one line.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> verbs = app.get_subcommands();  // those that were called
  std::vector<std::string> words = app.remaining(true);
  if (!verbs.empty()) {
    // What stands where the model is wanted may be meant as a verb, too.
    if (const CLI::Option* model = verbs[0]->get_option_no_throw("MODEL"); model != nullptr)
      words.insert(words.begin(), model->results().begin(), model->results().end());
    const auto is_verb = [&](const std::string& word) {
      return !app.get_subcommands([&](const CLI::App* verb) { return verb->get_name() == word; })
                  .empty();
    };
    if (const auto second = std::ranges::find_if(words, is_verb); second != words.end()) {
      return fmt::format(
          "{} {}: these are two verbs, a call takes one; `thimble --help` lists them",
          verbs[0]->get_name(), *second);
    }
    return fmt::format("{}; `thimble {} --help` lists what it takes", error.what(),
                       verbs[0]->get_name());
  }
  return words.empty() ? "a verb is missing; `thimble --help` lists them"
                       : fmt::format("{}: no such verb; `thimble --help` lists them", words[0]);
}

int run(int argc, char** argv) {
  CLI::App app("Thimble turns a quantized TFLite model into bare-metal RV32 firmware.", "thimble");
  app.require_subcommand(1);
  app.footer(
      "Also: doctor (what is installed, what is missing) and test. docs/command-line.md has it "
      "all.");
  const std::vector<Verb> verbs{compile_verb(app), run_verb(app),   validate_verb(app),
                                profile_verb(app), trace_verb(app), plan_verb(app),
                                bench_verb(app),   zoo_verb(app),   size_verb(app),
                                boards_verb(app),  models_verb(app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // help that was asked for
    return report({ExitCode::kUsage, explain(app, error)});
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
