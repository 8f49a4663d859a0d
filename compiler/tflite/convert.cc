// The way to the converter: the canonical copy it is given, and what its failures mean.
#include "compiler/base/process.h"
#include "compiler/tflite/model.h"
#include "compiler/tflite/operators.h"
#include "compiler/tflite/quantized.h"

namespace thimble::tflite {
namespace {

std::string_view last_line(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(" \n") + 1);
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

Status canonicalize(const Model& model, const std::filesystem::path& out) {
  const std::string script = (source_root() / "compiler/tflite/canonical.py").string();
  ASSIGN_OR_RETURN(const ProcessOutput output,
                   run_process({python_tool("python"), script, model.path.string(), out.string()}));
  if (output.exit_code == 0) return {};
  // What passed our checks and still cannot be unpacked or sized has contradictory operators.
  return fail(ExitCode::kBadModel,
              "{}: damaged, or its sizes contradict each other: {}; export the model again",
              model.path.string(), printable(last_line(output.err)));
}

Status explain_conversion_failure(const Model& model, std::string_view converter_stderr) {
  return fail(ExitCode::kBadModel, "{}: the converter refused it: {}", model.path.string(),
              printable(last_line(converter_stderr)));
}

}  // namespace thimble::tflite
