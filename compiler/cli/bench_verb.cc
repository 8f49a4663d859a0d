// thimble bench: models in every configuration, measured and validated, beside the figures of
// others.
#include <fmt/format.h>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/bench/tables.h"
#include "compiler/cli/kernel_bench.h"
#include "compiler/cli/model_list.h"
#include "compiler/cli/model_options.h"
#include "compiler/cli/validation.h"
#include "compiler/cli/verbs.h"

namespace thimble::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kSeed = 1;

struct BenchOptions {
  std::vector<std::string> models;
  std::shared_ptr<std::string> folder;
  int samples = 3;
  bool write = false;
};

// One object of the contract.
Result<Json> measure_one(const ModelOptions& options, int samples) {
  ASSIGN_OR_RETURN(const BuiltModel built, build_model(options));
  ASSIGN_OR_RETURN(const Checked checked,
                   check(built.model, built.build, built.options.target.board,
                         make_samples(built.model, kSeed, samples)));
  Json json = describe(built, checked.run);
  json["validation"] =
      to_json(built.model, checked.comparison, built.build.network.results.size(), kSeed);
  TRY(write_report(built, json));
  return json;
}

// The first thing to tell: a difference, or else what could not be measured.
void note(Outcome& outcome, ExitCode code, const std::string& message) {
  const bool worse = code == ExitCode::kResultsDiffer && outcome.code != code;
  if (outcome.code != ExitCode::kDone && !worse) return;
  outcome.code = code;
  outcome.message = message;
}

Outcome measure_all(const std::vector<fs::path>& models, const BenchOptions& options,
                    bench::Results& results) {
  Outcome outcome;
  const std::size_t total = models.size() * 4;
  std::size_t number = 0;
  for (const fs::path& model : models) {
    for (const char* optimize : {"speed", "size"}) {
      for (const char* offload : {"all", "none"}) {
        const std::string name = model.stem().string();
        const std::string how = bench::configuration(optimize, offload);
        fmt::print(stderr, "{} of {}: {} {}\n", ++number, total, name, how);
        ModelOptions one;
        one.model = model.string();
        one.optimize = optimize;
        one.offload = offload;
        Result<Json> measured = measure_one(one, options.samples);
        if (!measured) {
          fmt::print(stderr, "  {}\n", measured.error().message);
          results.failures.push_back({name, how, measured.error().code});
          note(outcome, measured.error().code, measured.error().message);
          continue;
        }
        const Json& validation = measured->at("validation");
        if (validation.contains("first_difference")) {
          note(outcome, ExitCode::kResultsDiffer,
               fmt::format("{}: {}: first difference in {}", model.string(), how,
                           validation.at("first_difference").get<std::string>()));
        }
        results.measurements.push_back(*std::move(measured));
      }
    }
  }
  outcome.json = results.measurements;
  return outcome;
}

// What is kept in the repository names no path of this machine.
Status write_results(const bench::Results& results, const bench::Anchors& anchors,
                     const BenchOptions& options) {
  Json kept = results.measurements;
  for (Json& measurement : kept) measurement.erase("elf");
  TRY(write_text(source_root() / "benchmarks" / "results.json", kept.dump(2) + "\n"));
  const std::string command =
      fmt::format("./thimble bench{} --samples {} --write",
                  options.folder->empty() ? "" : " --models DIR", options.samples);
  return write_text(source_root() / "docs" / "benchmarks.md",
                    bench::to_page(results, anchors, command));
}

Result<Outcome> run_bench(const BenchOptions& options) {
  ASSIGN_OR_RETURN(const bench::Anchors anchors,
                   bench::read_anchors(source_root() / "benchmarks" / "anchors.json"));
  ASSIGN_OR_RETURN(const std::vector<fs::path> models,
                   choose_models(options.models, *options.folder));
  if (options.models.empty() && options.folder->empty()) {
    fmt::print(stderr,
               "no folder of models (--models DIR or THIMBLE_MODELS): the zoo's alone are "
               "measured\n");
  }
  bench::Results results;
  Outcome outcome = measure_all(models, options, results);
  fmt::print("{}", bench::to_table(results, anchors));
  if (!options.write) return outcome;
  if (outcome.code == ExitCode::kResultsDiffer) {
    outcome.message += "; nothing was written";
    return outcome;
  }
  TRY(write_results(results, anchors, options));
  fmt::print("\nwritten: benchmarks/results.json, docs/benchmarks.md\n");
  return outcome;
}

}  // namespace

Verb bench_verb(CLI::App& app) {
  Verb verb = make_verb(app, "bench",
                        "Measure and validate models with both -O and both --offload, beside the "
                        "figures of other engines");
  const auto options = std::make_shared<BenchOptions>();
  options->folder = add_models_option(*verb.parser);
  CLI::Option* models = verb.parser->add_option(
      "MODEL", options->models,
      "A .tflite file, or the name of a model of the zoo or of --models; all of these by default");
  verb.parser
      ->add_option("--samples", options->samples, "How many random inputs each is validated with")
      ->check(CLI::Range(1, kMostSamples))
      ->capture_default_str();
  verb.parser
      ->add_flag(
          "--write", options->write,
          "Also write benchmarks/results.json and docs/benchmarks.md, of all models only; of the "
          "kernel, benchmarks/kernel.json")
      ->excludes(models);
  CLI::App* const kernel = verb.parser->add_subcommand(
      "kernel",
      "Measure what the kernel's operations cost, lean and safe, beside "
      "the figures of other kernels");
  kernel->fallthrough();  // --json and --write are for it, too
  verb.action = [options, kernel] {
    return kernel->parsed() ? bench_kernel(options->write) : run_bench(*options);
  };
  return verb;
}

}  // namespace thimble::cli
