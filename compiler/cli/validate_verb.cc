// thimble validate: many inputs on the board against LiteRT's reference kernels, bit for bit.
#include <fmt/format.h>

#include "compiler/cli/model_options.h"
#include "compiler/cli/test_inputs.h"
#include "compiler/cli/validation.h"
#include "compiler/cli/verbs.h"

namespace thimble::cli {

using Json = nlohmann::ordered_json;

Verb validate_verb(CLI::App& app) {
  Verb verb =
      make_verb(app, "validate", "Compare a model on the board with the reference, bit for bit");
  const auto options = add_model_options(*verb.parser);
  const auto count = std::make_shared<int>(10);
  const auto seed = std::make_shared<std::uint64_t>(1);
  const auto layers = std::make_shared<bool>(false);
  const auto labelled = std::make_shared<bool>(false);
  CLI::Option* samples_option = verb.parser->add_option(
      "--samples", *count, "How many random inputs, of several kinds in turn");
  samples_option->check(CLI::Range(1, kMostSamples))->capture_default_str();
  verb.parser->add_option("--seed", *seed, "Another seed, other inputs")->capture_default_str();
  verb.parser->add_flag("--layers", *layers,
                        "Also compare what every operator computes, by a second firmware");
  verb.parser
      ->add_flag("--test-inputs", *labelled,
                 "Takes the labelled inputs of the model's card instead, and tells the score")
      ->excludes(samples_option);
  verb.action = [options, count, seed, layers, labelled]() -> Result<Outcome> {
    ASSIGN_OR_RETURN(const BuiltModel built, build_model(*options));
    const Board& board = built.options.target.board;
    ASSIGN_OR_RETURN(const std::optional<Card> card, read_card(built.model.path));
    std::vector<Bytes> samples;
    if (*labelled) {
      ASSIGN_OR_RETURN(samples, read_test_inputs(built.model, card));
    } else {
      samples = make_samples(built.model, *seed, *count);
    }
    ASSIGN_OR_RETURN(const Checked checked, check(built.model, built.build, board, samples));
    Comparison total = checked.comparison;
    std::size_t compared_tensors = built.build.network.results.size();
    if (*layers) {
      BuildOptions every = built.options;
      every.all_tensors = true;
      every.feed = false;
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
    outcome.json["validation"] = to_json(built.model, total, compared_tensors, *seed);
    if (*labelled) outcome.json["validation"].erase("seed");
    print_memory(built, checked.run.stack_peak);
    if (*labelled) {
      Json& accuracy = outcome.json["accuracy"];
      accuracy = accuracy_json(built.model, *card, samples, checked.run.outputs);
      fmt::print("\n{} on the target, of the card's {} test inputs: {}\n", card->accuracy->metric,
                 samples.size(),
                 accuracy.contains("target")
                     ? fmt::format("{:.4f}", accuracy["target"].get<double>())
                     : "not defined for them");
    }
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
    }
    TRY(write_report(built, outcome.json));
    return outcome;
  };
  return verb;
}

}  // namespace thimble::cli
