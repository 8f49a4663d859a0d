// thimble compile: model in, firmware and library out.
#include <fmt/format.h>

#include "compiler/cli/application_verbs.h"
#include "compiler/cli/verbs.h"

namespace thimble::cli {

Verb compile_verb(CLI::App& app) {
  Verb verb = make_verb(
      app, "compile",
      "Compile a model to firmware and to a library with typed headers, or an application");
  const auto options = add_model_options(*verb.parser);
  verb.action = [options]() -> Result<Outcome> {
    ASSIGN_OR_RETURN(const auto application, find_application(options->model));
    if (application) return compile_application(*application, *options);
    ASSIGN_OR_RETURN(const BuiltModel built, build_model(*options));
    Outcome outcome{describe(built)};
    TRY(write_report(built, outcome.json));
    print_memory(built);
    fmt::print(
        "  in {}: firmware.elf, firmware.bin, firmware.map, lib{}.a, {}.h, {}.hpp, report.json\n",
        built.build.folder.string(), built.model.name, built.model.name, built.model.name);
    return outcome;
  };
  return verb;
}

}  // namespace thimble::cli
