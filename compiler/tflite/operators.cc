// See operators.h.
#include "compiler/tflite/operators.h"

#include <algorithm>
#include <array>

#include "compiler/tflite/quantized.h"

namespace thimble::tflite {
namespace {

constexpr std::string_view kCustom = "CUSTOM:";
constexpr std::string_view kUnknown = "operator ";

constexpr std::array<std::string_view, 8> kControlFlow{
    "IF",       "WHILE",           "CALL",           "CALL_ONCE",
    "DELEGATE", "STABLEHLO_WHILE", "STABLEHLO_CASE", "STABLEHLO_COMPOSITE"};
constexpr std::array<std::string_view, 7> kState{
    "VAR_HANDLE",     "READ_VARIABLE",    "ASSIGN_VARIABLE", "HASHTABLE",
    "HASHTABLE_FIND", "HASHTABLE_IMPORT", "HASHTABLE_SIZE"};

template <std::size_t kSize>
bool contains(const std::array<std::string_view, kSize>& kinds, std::string_view kind) {
  return std::ranges::find(kinds, kind) != kinds.end();
}

struct Found {
  Tally control, state, flex, custom, unknown;

  void add(const std::string& kind) {
    if (contains(kControlFlow, kind)) control.add(kind);
    if (contains(kState, kind)) state.add(kind);
    if (kind.starts_with(kUnknown)) unknown.add(kind);
    if (!kind.starts_with(kCustom)) return;
    const std::string name = kind.substr(kCustom.size());
    (name.starts_with("Flex") ? flex : custom).add(name);
  }
};

}  // namespace

void Tally::add(const std::string& name) {
  constexpr std::size_t kMost = 64;
  const auto entry = std::ranges::find(entries_, name, &Entry::name);
  if (entry != entries_.end()) {
    ++entry->count;
  } else if (entries_.size() < kMost) {
    entries_.push_back({name, 1});
  } else {
    ++more_;
  }
}

std::string Tally::text() const {
  std::string all;
  for (const Entry& entry : entries_) {
    all += (all.empty() ? "" : ", ") + entry.name;
    if (entry.count > 1) all += fmt::format(" ({} times)", entry.count);
  }
  if (more_ > 0) all += fmt::format(" and {} more", more_);
  return all;
}

std::string operator_kind(const schema::OperatorCode& code) {
  // Writers from when operators were fewer than 127 know the narrow field only; newer ones fill
  // both.
  const int number =
      std::max<int>(code.builtin_code(), static_cast<int>(code.deprecated_builtin_code()));
  if (number == schema::BuiltinOperator_CUSTOM) {
    return std::string(kCustom) +
           printable(code.custom_code() == nullptr ? "" : code.custom_code()->string_view());
  }
  const std::string known =
      schema::EnumNameBuiltinOperator(static_cast<schema::BuiltinOperator>(number));
  return known.empty() ? fmt::format("{}{}", kUnknown, number) : known;
}

Status check_operators(const File& file) {
  Found found;
  for (const schema::SubGraph* graph : *file.model.subgraphs()) {
    for (std::uint32_t i = 0; i < count(graph->operators()); ++i) {
      const std::uint32_t code = graph->operators()->Get(i)->opcode_index();
      if (code >= count(file.model.operator_codes())) {
        return file.damaged("operator {} refers to operator code {} of {}", i, code,
                            count(file.model.operator_codes()));
      }
      found.add(operator_kind(*file.model.operator_codes()->Get(code)));
    }
  }
  const auto refuse = [&](std::string_view what, const Tally& names, std::string_view remedy) {
    return file.refuse("{}: {}; {}", what, names.text(), remedy);
  };
  if (!found.control.empty()) {
    return refuse("control flow is not supported", found.control,
                  "export a graph without it (unroll=True in Keras recurrent layers, no tf.cond, "
                  "no tf.while_loop)");
  }
  if (!found.state.empty()) {
    return refuse("state kept between inferences is not supported", found.state,
                  "make it an input and an output of the model (stateful=False in Keras layers, no "
                  "tf.Variable written)");
  }
  if (!found.flex.empty()) {
    return refuse("unsupported TensorFlow (Flex) operators", found.flex,
                  "convert without tf.lite.OpsSet.SELECT_TF_OPS in "
                  "converter.target_spec.supported_ops and replace what that rejects");
  }
  if (!found.custom.empty()) {
    return refuse("unsupported custom operators", found.custom,
                  "convert with converter.allow_custom_ops = False and move these steps out of the "
                  "model");
  }
  if (!found.unknown.empty()) {
    return refuse("operators newer than this tool", found.unknown,
                  "convert with converter.target_spec.supported_ops = "
                  "[tf.lite.OpsSet.TFLITE_BUILTINS_INT8]");
  }
  if (file.model.subgraphs()->size() != 1) {
    return file.refuse(
        "it holds {} graphs where one is supported; convert a single signature: "
        "tf.lite.TFLiteConverter.from_concrete_functions([function])",
        file.model.subgraphs()->size());
  }
  return {};
}

}  // namespace thimble::tflite
