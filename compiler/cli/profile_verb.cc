// thimble profile: where the instructions and the bytes of a model go, layer by layer.
#include <fmt/format.h>

#include "compiler/cli/card.h"
#include "compiler/cli/model_input.h"
#include "compiler/cli/model_options.h"
#include "compiler/cli/target_run.h"
#include "compiler/cli/verbs.h"
#include "compiler/pipeline/progress.h"
#include "compiler/profile/profile.h"
#include "compiler/report/elf.h"

namespace thimble::cli {
namespace {

// A second firmware of the same plan counts the steps. The first one is what the user gets, so
// bytes and the whole are its.
Result<std::vector<std::uint32_t>> count_with_second_firmware(const BuiltModel& built,
                                                              const Input& input) {
  BuildOptions counting = built.options;
  counting.target.counts_steps = true;
  counting.target.limits = {};
  counting.arena_bytes = built.build.arena_bytes;
  counting.out.reset();
  ASSIGN_OR_RETURN(const Build second, build(built.model, counting));
  const Stage stage("counting in the simulator");
  return count_steps(counting.target.board, second, input.bytes);
}

}  // namespace

Verb profile_verb(CLI::App& app) {
  Verb verb =
      make_verb(app, "profile", "Say where a model's instructions and bytes go, layer by layer");
  const auto options = add_model_options(*verb.parser);
  const auto explain = std::make_shared<bool>(false);
  verb.parser->add_flag("--explain", *explain,
                        "Also say of each layer who computes it and why, in which form it is "
                        "requantized, and what was left out");
  verb.action = [options, explain]() -> Result<Outcome> {
    ASSIGN_OR_RETURN(const BuiltModel built, build_model(*options));
    ASSIGN_OR_RETURN(const std::optional<Card> card, read_card(built.model.path));
    ASSIGN_OR_RETURN(const Input input, find_input({}, built.model, card));
    TargetRun run;
    {
      const Stage stage("running in the simulator");
      ASSIGN_OR_RETURN(run,
                       run_on_target(built.options.target.board, built.build, {&input.bytes, 1}));
    }
    ASSIGN_OR_RETURN(const std::vector<std::uint32_t> steps,
                     count_with_second_firmware(built, input));
    ASSIGN_OR_RETURN(const ElfFile elf, ElfFile::open(built.build.elf));
    const Network& network = built.build.network;
    ASSIGN_OR_RETURN(
        const std::vector<profile::Row> rows,
        profile::make_rows(
            {built.model, network, built.options.offload == "all",
             profile::footprint(network.plan, built.build.image.breakdown, analyze_code(elf)),
             steps, run.instructions}));
    Outcome outcome{describe(built, run)};
    outcome.json["layers"] = profile::to_json(rows);
    fmt::print("\ninput: {}\n\n{}", input.origin, profile::to_table(rows));
    if (*explain) fmt::print("\n{}", profile::explain(rows));
    print_memory(built, run.stack_peak);
    print_instructions(built, run);
    TRY(write_report(built, outcome.json));
    return outcome;
  };
  return verb;
}

}  // namespace thimble::cli
