// thimble validate: many random inputs on the board against LiteRT's reference kernels, bit for
// bit.
#include <fmt/format.h>

#include "compiler/cli/comparison.h"
#include "compiler/cli/model_options.h"
#include "compiler/cli/target_run.h"
#include "compiler/cli/verbs.h"
#include "compiler/pipeline/progress.h"
#include "compiler/reference/inputs.h"

namespace thimble::cli {
namespace {

constexpr int kMostSamples = 1'000'000;

struct Checked {
  Comparison comparison;
  TargetRun run;
};

// Inside the network uint8 is computed as int8, lower by 128; only the model's own outputs are
// uint8 again.
void undo_shift(const tflite::Model& model, const std::vector<int>& results,
                std::vector<Bytes>& outputs) {
  for (Bytes& output : outputs) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const tflite::Tensor& tensor = model.tensors[static_cast<std::size_t>(results[i])];
      if (i >= model.outputs.size() && tensor.type == tflite::ElementType::kUint8) {
        for (std::size_t byte = at; byte < at + tensor.bytes(); ++byte) output[byte] ^= 0x80;
      }
      at += tensor.bytes();
    }
  }
}

Result<Checked> check(const tflite::Model& model, const Build& built, const Board& board,
                      std::span<const Bytes> samples) {
  Checked checked;
  const int total = static_cast<int>(samples.size());
  ASSIGN_OR_RETURN(checked.run, run_on_target(board, built.elf, samples, [&](int done) {
                     show_count("on the target: sample", done, total);
                   }));
  ReferenceResult reference;
  {
    const Stage stage("running the reference");
    ASSIGN_OR_RETURN(reference, run_reference(model, samples, built.network.results));
  }
  undo_shift(model, built.network.results, checked.run.outputs);
  checked.comparison = compare(model, built.network.results, checked.run.outputs, reference);
  return checked;
}

}  // namespace

Verb validate_verb(CLI::App& app) {
  Verb verb =
      make_verb(app, "validate", "Compare a model on the board with the reference, bit for bit");
  const auto options = add_model_options(*verb.parser);
  const auto count = std::make_shared<int>(10);
  const auto seed = std::make_shared<std::uint64_t>(1);
  const auto layers = std::make_shared<bool>(false);
  verb.parser->add_option("--samples", *count, "How many random inputs, of several kinds in turn")
      ->check(CLI::Range(1, kMostSamples))
      ->capture_default_str();
  verb.parser->add_option("--seed", *seed, "Another seed, other inputs")->capture_default_str();
  verb.parser->add_flag("--layers", *layers,
                        "Also compare what every operator computes, by a second firmware");
  verb.action = [options, count, seed, layers]() -> Result<Outcome> {
    ASSIGN_OR_RETURN(const BuiltModel built, build_model(*options));
    const Board& board = built.options.target.board;
    std::vector<Bytes> samples;
    samples.reserve(static_cast<std::size_t>(*count));
    for (int i = 0; i < *count; ++i) samples.push_back(make_sample(built.model, *seed, i));
    ASSIGN_OR_RETURN(Checked checked, check(built.model, built.build, board, samples));
    Comparison total = checked.comparison;
    std::size_t compared_tensors = built.build.network.results.size();
    if (*layers) {
      BuildOptions every = built.options;
      every.all_tensors = true;
      every.out.reset();
      every.target.limits =
          {};  // a diagnosing firmware: it keeps every tensor, so it is larger than the real one
      ASSIGN_OR_RETURN(const Build diagnosing, build(built.model, every));
      ASSIGN_OR_RETURN(const Checked inside, check(built.model, diagnosing, board, samples));
      compared_tensors = diagnosing.network.results.size();
      // A first difference inside says more than one at the output.
      Comparison merged = inside.comparison;
      merged.add(total);
      total = merged;
    }

    Outcome outcome{describe(built, checked.run)};
    outcome.json["validation"] = {
        {"samples", total.samples},       {"outputs", total.outputs},
        {"mismatches", total.mismatches}, {"max_difference", total.max_difference},
        {"tensors", compared_tensors},    {"seed", *seed}};
    print_memory(built, checked.run.stack_peak);
    fmt::print(
        "\n{} samples, {} of {} tensors, {} values compared with LiteRT's reference kernels: {} "
        "differ\n",
        total.samples, compared_tensors, *layers ? "all computed" : "the output", total.outputs,
        total.mismatches);
    if (total.first) {
      outcome.code = ExitCode::kResultsDiffer;
      outcome.message =
          fmt::format("{}: first difference in {}; the largest is {}", built.model.path.string(),
                      describe(built.model, *total.first), total.max_difference);
      outcome.json["validation"]["first_difference"] = describe(built.model, *total.first);
    }
    TRY(write_report(built, outcome.json));
    return outcome;
  };
  return verb;
}

}  // namespace thimble::cli
