// The way to the converter: the canonical copy it is given, and what its failures mean.
#include <algorithm>
#include <charconv>
#include <map>

#include "compiler/base/process.h"
#include "compiler/tflite/model.h"
#include "compiler/tflite/operators.h"
#include "compiler/tflite/quantized.h"

namespace thimble::tflite {
namespace {

constexpr std::string_view kRemedy =
    "replace these operators in the model by ones that the converter knows, or move them out of it";

// Takes the first line off `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::string_view last_line(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(" \n") + 1);
  return text.substr(text.rfind('\n') + 1);
}

// The tensor that a location of the canonical copy names ("t17"), or -1.
int named_tensor(std::string_view text) {
  for (std::size_t at = text.find("\"t"); at != std::string_view::npos;
       at = text.find("\"t", at + 1)) {
    int index = -1;
    const char* const begin = text.data() + at + 2;
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), index);
    if (error == std::errc{} && end != text.data() + text.size() && *end == '"') return index;
  }
  return -1;
}

// "ADD (tensor 'sum')", or `fallback` where the tensor is made by no operator.
std::string describe(const Model& model, int tensor, std::string_view fallback) {
  for (const Operator& op : model.operators) {
    if (std::ranges::find(op.outputs, tensor) == op.outputs.end()) continue;
    return fmt::format("{} (tensor '{}')", op.kind,
                       printable(model.tensors[static_cast<std::size_t>(tensor)].name));
  }
  return printable(fallback);
}

// The tensor that the location at the end of an operation's line names. `aliases` holds the text of
// each "#locN".
int located_tensor(std::string_view text,
                   const std::map<std::string_view, std::string_view>& aliases) {
  constexpr int kDeepest = 8;
  for (int depth = 0; depth < kDeepest; ++depth) {
    const int tensor = named_tensor(text);
    const std::size_t alias = text.find("#loc");
    if (tensor >= 0 || alias == std::string_view::npos) return tensor;
    text.remove_prefix(alias);
    const auto target = aliases.find(text.substr(0, text.find_first_not_of("0123456789", 4)));
    if (target == aliases.end()) return -1;
    text = target->second;
  }
  return -1;
}

}  // namespace

Status canonicalize(const Model& model, const std::filesystem::path& out) {
  const std::string script = (source_root() / "compiler/tflite/canonical.py").string();
  ASSIGN_OR_RETURN(const ProcessOutput output, run_process({python_tool("python"), "-B", script,
                                                            model.path.string(), out.string()}));
  if (output.exit_code == 0) return {};
  // What passed our checks and still cannot be unpacked or sized contradicts itself.
  return fail(ExitCode::kBadModel,
              "{}: damaged: its operators contradict its tensors ({}); export the model again",
              model.path.string(), printable(last_line(output.err)));
}

Status explain_conversion_failure(const Model& model, std::string_view converter_stderr) {
  constexpr std::string_view kError = "error: ";
  const std::string_view last = last_line(converter_stderr);
  Tally operators;
  while (!converter_stderr.empty()) {
    const std::string_view line = take_line(converter_stderr);
    const std::size_t error = line.find(kError);
    const int tensor = named_tensor(line.substr(0, error));
    if (error == std::string_view::npos || tensor < 0) continue;
    operators.add(fmt::format("{}: {}", describe(model, tensor, "an operator"),
                              printable(line.substr(error + kError.size()))));
  }
  if (operators.empty()) {
    return fail(ExitCode::kBadModel, "{}: the converter to TOSA failed: {}; export the model again",
                model.path.string(), last.empty() ? "it said nothing" : printable(last));
  }
  return fail(ExitCode::kBadModel, "{}: unsupported by the converter to TOSA: {}; {}",
              model.path.string(), operators.text(), kRemedy);
}

Status check_converted(const Model& model, std::string_view mlir) {
  constexpr std::string_view kLeft = "\"tfl.";
  std::map<std::string_view, std::string_view> aliases;
  std::vector<std::string_view> left;
  while (!mlir.empty()) {
    const std::string_view line = take_line(mlir);
    if (line.starts_with("#loc"))
      aliases[line.substr(0, line.find(' '))] = line.substr(line.find(' ') + 1);
    if (line.find(kLeft) != std::string_view::npos) left.push_back(line);
  }
  Tally operators;
  for (const std::string_view line : left) {
    const std::string_view name = line.substr(line.find(kLeft) + kLeft.size());
    const std::size_t location = line.rfind(" loc(");
    const int tensor =
        location == std::string_view::npos ? -1 : located_tensor(line.substr(location), aliases);
    operators.add(describe(model, tensor, name.substr(0, name.find('"'))));
  }
  if (operators.empty()) return {};
  return fail(ExitCode::kBadModel, "{}: unsupported operators: {}; {}", model.path.string(),
              operators.text(), kRemedy);
}

}  // namespace thimble::tflite
