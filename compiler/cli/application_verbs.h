// What compile and run do when they are given an application instead of a model.
#pragma once

#include "compiler/application/build.h"
#include "compiler/cli/model_options.h"
#include "compiler/cli/verbs.h"

namespace thimble::cli {

/// How an application is demonstrated, beyond what its app.json says.
struct Demonstration {
  std::vector<std::string> lines;     ///< to type, instead of app.json's
  bool interactive = false;           ///< connect the terminal
  std::optional<std::uint64_t> mips;  ///< of the simulated core
};

/// Adds --command, --interactive and --mips to a verb.
[[nodiscard]] std::shared_ptr<Demonstration> add_demonstration_options(CLI::App& verb);

/// Builds it, with what `definitions` add.
[[nodiscard]] Result<ApplicationBuild> build_for(const Application& application,
                                                 const ModelOptions& options,
                                                 const emit::Target& target,
                                                 const std::vector<std::string>& definitions = {});

/// {"application", "board", "isa", "elf", "memory"}.
[[nodiscard]] nlohmann::ordered_json describe(const Application& application,
                                              const emit::Target& target,
                                              const ApplicationBuild& build);

/// How fast the simulated core is: an instruction takes 2^n ns.
[[nodiscard]] Result<unsigned> simulated_shift(const Application& application,
                                               const Demonstration& demonstration);

[[nodiscard]] Result<Outcome> compile_application(const Application& application,
                                                  const ModelOptions& options);
[[nodiscard]] Result<Outcome> run_application(const Application& application,
                                              const ModelOptions& options,
                                              const Demonstration& demonstration);

}  // namespace thimble::cli
