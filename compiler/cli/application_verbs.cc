// See application_verbs.h.
#include "compiler/cli/application_verbs.h"

#include "compiler/cli/shell_run.h"

namespace thimble::cli {
namespace {

void print_memory(const Application& application, const emit::Target& target,
                  const ApplicationBuild& build) {
  const MemoryReport& memory = build.image.memory;
  fmt::print("\n{} on {} ({})\n", application.name, target.board.name, target.isa.name());
  fmt::print("  flash {:>9} bytes: {} weights, {} model code, {} system code\n", memory.flash,
             memory.weights, memory.model_code, memory.system_code);
  fmt::print("  RAM   {:>9} bytes: {} stacks\n", memory.ram, memory.stacks);
}

}  // namespace

std::shared_ptr<Demonstration> add_demonstration_options(CLI::App& verb) {
  auto demonstration = std::make_shared<Demonstration>();
  verb.add_option("--command", demonstration->lines,
                  "Of an application: a line to type at its shell, instead of app.json's; again "
                  "and again")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verb.add_option("--mips", demonstration->mips,
                  "Of an application: million instructions a second of the simulated core, 1000, "
                  "500, 250 and so on");
  return demonstration;
}

Result<ApplicationBuild> build_for(const Application& application, const ModelOptions& options,
                                   const emit::Target& target,
                                   const std::vector<std::string>& definitions) {
  if (options.feed) {
    return fail(ExitCode::kUsage, "--feed is for a model alone; {} is an application",
                options.model);
  }
  std::optional<std::filesystem::path> out;
  if (!options.out.empty()) out = options.out;
  return build_application(application, target, out, definitions);
}

nlohmann::ordered_json describe(const Application& application, const emit::Target& target,
                                const ApplicationBuild& build) {
  return {{"application", application.name},
          {"board", target.board.name},
          {"isa", target.isa.name()},
          {"elf", build.elf.string()},
          {"memory", to_json(build.image.memory)}};
}

Result<unsigned> simulated_shift(const Application& application,
                                 const Demonstration& demonstration) {
  const std::uint64_t mips = demonstration.mips.value_or(application.mips);
  const std::optional<unsigned> shift = shift_of(mips);
  if (!shift) {
    return fail(ExitCode::kUsage, "--mips {}: the simulator can do 1000, 500, 250, 125 and so on",
                mips);
  }
  return *shift;
}

Result<Outcome> compile_application(const Application& application, const ModelOptions& options) {
  ASSIGN_OR_RETURN(const emit::Target target, make_target(options));
  ASSIGN_OR_RETURN(const ApplicationBuild build, build_for(application, options, target));
  print_memory(application, target, build);
  fmt::print("  in {}: firmware.elf, firmware.bin, firmware.map\n", build.folder.string());
  return Outcome{describe(application, target, build)};
}

Result<Outcome> run_application(const Application& application, const ModelOptions& options,
                                const Demonstration& demonstration) {
  ShellScript script{.lines = demonstration.lines, .interactive = demonstration.interactive};
  if (script.lines.empty() && !script.interactive) script.lines = application.run;
  ASSIGN_OR_RETURN(script.shift, simulated_shift(application, demonstration));
  ASSIGN_OR_RETURN(const emit::Target target, make_target(options));
  ASSIGN_OR_RETURN(const ApplicationBuild build, build_for(application, options, target));
  fmt::print("simulated at {} million instructions a second\n\n", 1000U >> script.shift);
  ASSIGN_OR_RETURN(const ShellRun run, run_at_shell(target.board, build.elf, script));
  print_memory(application, target, build);
  Outcome outcome{describe(application, target, build)};
  outcome.json["console"] = run.text;
  return outcome;
}

}  // namespace thimble::cli
