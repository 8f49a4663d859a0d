// thimble run: one inference on the board, its answer and what it cost.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/cli/application_verbs.h"
#include "compiler/cli/card.h"
#include "compiler/cli/model_input.h"
#include "compiler/cli/model_options.h"
#include "compiler/cli/target_run.h"
#include "compiler/cli/tensor_values.h"
#include "compiler/cli/verbs.h"
#include "compiler/pipeline/progress.h"

namespace thimble::cli {
namespace {

constexpr std::size_t kMostPrinted = 16;

double real_value(const tflite::Tensor& tensor, std::span<const std::uint8_t> bytes,
                  std::size_t i) {
  const double stored = value_at(tensor, bytes, i);
  if (tensor.quantization.scale.size() != 1) return stored;
  const double zero = tensor.quantization.zero_point.empty()
                          ? 0.0
                          : static_cast<double>(tensor.quantization.zero_point[0]);
  return (stored - zero) * tensor.quantization.scale[0];
}

void print_output(const tflite::Tensor& tensor, std::span<const std::uint8_t> bytes,
                  const std::vector<std::string>& labels) {
  const std::size_t count = tensor.elements();
  std::vector<std::size_t> order(std::min(count, labels.size() == count ? count : kMostPrinted));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  fmt::print("\n  {} {} [{}]\n", tensor.name, tflite::name(tensor.type),
             fmt::join(tensor.shape, ", "));
  if (labels.size() == count) {
    std::ranges::sort(order, std::greater{},
                      [&](std::size_t i) { return value_at(tensor, bytes, i); });
    for (const std::size_t i : order) {
      fmt::print("    {:<20}{:>8.1f} %\n", labels[i], 100.0 * real_value(tensor, bytes, i));
    }
    return;
  }
  for (const std::size_t i : order) {
    fmt::print("    [{:>2}] {:>8g}", i, value_at(tensor, bytes, i));
    if (tensor.quantization.scale.size() == 1) fmt::print("  = {:g}", real_value(tensor, bytes, i));
    fmt::print("\n");
  }
  if (order.size() < count)
    fmt::print("    ... {} more (--json FILE has all)\n", count - order.size());
}

}  // namespace

Verb run_verb(CLI::App& app) {
  Verb verb =
      make_verb(app, "run",
                "Run a model once on the board, in the simulator, and print its answer; or an "
                "application with a shell");
  const auto options = add_model_options(*verb.parser);
  const auto input_choice = std::make_shared<std::string>();
  const auto save = std::make_shared<std::string>();
  verb.parser->add_option(
      "--input", *input_choice,
      "Raw little-endian bytes of the inputs in order, .npy, .wav where the model's card names a "
      "front end, or random:SEED");
  verb.parser->add_option("--save-input", *save, "Write the input's raw bytes to this file");
  const auto demonstration = add_demonstration_options(*verb.parser);
  verb.parser->add_flag("--interactive", demonstration->interactive,
                        "Of an application: connect the terminal to its shell");
  verb.action = [options, input_choice, save, demonstration]() -> Result<Outcome> {
    ASSIGN_OR_RETURN(const auto application, find_application(options->model));
    if (application) return run_application(*application, *options, *demonstration);
    // The input is looked at before anything takes time.
    ASSIGN_OR_RETURN(const std::filesystem::path path, find_model(options->model));
    ASSIGN_OR_RETURN(const tflite::Model model, tflite::read(path));
    ASSIGN_OR_RETURN(const std::optional<Card> card, read_card(path));
    ASSIGN_OR_RETURN(const Input input, find_input(*input_choice, model, card));
    ASSIGN_OR_RETURN(const BuiltModel built, build_model(*options));
    TargetRun run;
    {
      const Stage stage("running in the simulator");
      ASSIGN_OR_RETURN(run,
                       run_on_target(built.options.target.board, built.build, {&input.bytes, 1}));
    }
    if (!save->empty()) TRY(write_file(*save, input.bytes));

    Outcome outcome{describe(built, run)};
    fmt::print("\ninput: {}\n", input.origin);
    outcome.json["outputs"] = nlohmann::ordered_json::array();
    const auto outputs = split(built.model, built.build.network.results, run.outputs[0]);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const tflite::Tensor& tensor =
          built.model.tensors[static_cast<std::size_t>(built.build.network.results[i])];
      print_output(tensor, outputs[i], i == 0 && card ? card->labels : std::vector<std::string>{});
      outcome.json["outputs"].push_back(values_json(tensor, outputs[i]));
    }
    print_memory(built, run.stack_peak);
    print_instructions(built, run);
    TRY(write_report(built, outcome.json));
    return outcome;
  };
  return verb;
}

}  // namespace thimble::cli
