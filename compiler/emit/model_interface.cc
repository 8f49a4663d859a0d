// See model_interface.h.
#include "compiler/emit/model_interface.h"

#include <algorithm>
#include <cctype>
#include <limits>

namespace thimble::emit {
namespace {

using tflite::ElementType;

struct TypeNames {
  const char* c;
  const char* view;  // of runtime::ElementType
};

// bool is a byte of 0 or 1 on the target; types that no interface can have were refused on import.
TypeNames type_names(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
      return {"float", "kFloat32"};
    case ElementType::kInt16:
      return {"int16_t", "kInt16"};
    case ElementType::kInt32:
      return {"int32_t", "kInt32"};
    case ElementType::kInt64:
      return {"int64_t", "kInt64"};
    case ElementType::kUint8:
      return {"uint8_t", "kUint8"};
    case ElementType::kBool:
      return {"uint8_t", "kBool"};
    default:
      return {"int8_t", "kInt8"};
  }
}

// A float literal that reads back as the same number.
std::string literal(float value) {
  std::string text = fmt::format("{:.9g}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text + "f";
}

// A tensor's name may hold anything; comments and strings get what is harmless.
std::string printable(const std::string& name) {
  std::string text;
  for (const char c : name) {
    text += std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                    std::string_view("_/:;.-").find(c) != std::string_view::npos
                ? c
                : '_';
  }
  return text.substr(0, 120);
}

InterfaceTensor describe(const tflite::Tensor& tensor, const plan::Binding& place) {
  InterfaceTensor result{printable(tensor.name), tensor.type,  tensor.shape, tensor.elements(),
                         place.offset,           place.length, {},           0};
  if (tensor.quantization.scale.size() == 1) {
    result.scale = tensor.quantization.scale[0];
    if (!tensor.quantization.zero_point.empty())
      result.zero_point = tensor.quantization.zero_point[0];
  }
  return result;
}

constexpr const char* kGenerated =
    "Made by `thimble compile`; compile the model again instead of changing it.";

// What an interface's tensors are to applications that serve any model: kInputs and kOutputs, with
// a suffix.
std::string tensor_tables(const Interface& interface, const std::string& suffix) {
  std::string out;
  const auto table = [&](const char* name, const std::vector<InterfaceTensor>& tensors) {
    out += fmt::format("\nconstexpr TensorView {}{}[] = {{\n", name, suffix);
    for (const InterfaceTensor& tensor : tensors) {
      out += fmt::format("    {{\"{}\", ElementType::{}, {}, {}}},\n", tensor.name,
                         type_names(tensor.type).view, tensor.offset, tensor.bytes);
    }
    out += "};\n";
  };
  table("kInputs", interface.inputs);
  table("kOutputs", interface.outputs);
  return out;
}

bool has_place(const Interface& interface, std::string_view kind) {
  return kind != "input" || !interface.fed;
}

template <typename Visitor>
void for_each_tensor(const Interface& interface, const Visitor& visit) {
  for (std::size_t i = 0; i < interface.inputs.size(); ++i) visit(interface.inputs[i], "input", i);
  for (std::size_t i = 0; i < interface.outputs.size(); ++i)
    visit(interface.outputs[i], "output", i);
}

// The contract of run(), without what is fed.
constexpr const char* kRunContract =
    "/// Runs the model; 0 is success, anything else the value of a runtime::Status. `arena` "
    "must be aligned to\n"
    "/// kArenaAlignment. Inputs are written before and may be overwritten; outputs are there "
    "after. Not for\n"
    "/// interrupts.\n";

}  // namespace

const char* c_type(const InterfaceTensor& tensor) {
  return type_names(tensor.type).c;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

Interface make_interface(const tflite::Model& model, const std::vector<int>& results,
                         const plan::Plan& plan) {
  Interface interface{model.name, plan.arena_bytes, {}, {}, {}};
  if (plan.feed) interface.fed = {plan.feed->rows, plan.feed->row_bytes, plan.feed->window_rows};
  for (std::size_t i = 0; i < model.inputs.size(); ++i) {
    interface.inputs.push_back(
        describe(model.tensors[static_cast<std::size_t>(model.inputs[i])], plan.inputs[i]));
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    interface.outputs.push_back(
        describe(model.tensors[static_cast<std::size_t>(results[i])], plan.outputs[i]));
  }
  return interface;
}

std::string c_header(const Interface& interface) {
  const std::string caps = upper(interface.name);
  std::string out = fmt::format(
      "/* The model {0} for C. {2} */\n"
      "#ifndef THIMBLE_MODEL_{1}_H\n#define THIMBLE_MODEL_{1}_H\n\n#include <stdint.h>\n\n"
      "/* Bytes of the arena: all working memory of the model, its inputs and outputs included. "
      "*/\n"
      "#define {1}_ARENA_BYTES {3}u\n#define {1}_ARENA_ALIGNMENT {4}u\n",
      interface.name, caps, kGenerated, interface.arena_bytes, plan::kAlignment);
  for_each_tensor(interface,
                  [&](const InterfaceTensor& tensor, const char* kind, std::size_t number) {
                    const std::string prefix = fmt::format("{}_{}_{}", caps, upper(kind), number);
                    out += fmt::format("\n/* {}: {} {} [{}] */\n#define {}_COUNT {}u\n", kind,
                                       tensor.name, tflite::name(tensor.type),
                                       fmt::join(tensor.shape, ", "), prefix, tensor.elements);
                    if (has_place(interface, kind))
                      out += fmt::format("#define {}_OFFSET {}u\n", prefix, tensor.offset);
                    if (tensor.scale) {
                      out += fmt::format("#define {}_SCALE {}\n#define {}_ZERO_POINT ({})\n",
                                         prefix, literal(*tensor.scale), prefix, tensor.zero_point);
                    }
                  });
  if (interface.fed) out += fed_c_constants(interface);
  out += "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  if (interface.fed) {
    out += fed_c_functions(interface);
  } else {
    out += fmt::format(
        "/* Runs the model on an arena of {1}_ARENA_BYTES bytes aligned to {1}_ARENA_ALIGNMENT; "
        "0 is success. Inputs are\n"
        "   written before and may be overwritten; outputs are there after. "
        "Not for interrupts. */\n"
        "int {0}_run(void* arena);\n",
        interface.name, caps);
  }
  for_each_tensor(interface,
                  [&](const InterfaceTensor& tensor, const char* kind, std::size_t number) {
                    if (!has_place(interface, kind)) return;
                    const bool is_input = std::string_view(kind) == "input";
                    out += fmt::format(
                        "\nstatic inline {0}{1}* {2}_{3}_{4}({0}void* arena) {{\n"
                        "  return ({0}{1}*)(({0}char*)arena + {5}_{6}_{4}_OFFSET);\n}}\n",
                        is_input ? "" : "const ", type_names(tensor.type).c, interface.name, kind,
                        number, caps, upper(kind));
                  });
  out += "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return out;
}

std::string cpp_header(const Interface& interface) {
  std::string out = fmt::format(
      "// The model {0} for C++20. {1}\n"
      "#pragma once\n\n#include <array>\n#include <cstddef>\n#include <cstdint>\n#include "
      "<span>\n\n"
      "#include \"{0}.h\"\n\n"
      "namespace thimble::runtime {{\nstruct Plan;\n{4}}}\n\n"
      "namespace thimble::model::{0} {{\n\n"
      "/// All working memory of the model, its inputs and outputs included.\n"
      "inline constexpr std::size_t kArenaBytes = {2};\n"
      "inline constexpr std::size_t kArenaAlignment = {3};\n"
      "using Arena = std::span<std::byte, kArenaBytes>;\n\n"
      "/// For runtime::run() (runtime/runtime.h), where a hook between steps is wanted.\n"
      "extern const runtime::Plan kPlan;\n",
      interface.name, kGenerated, interface.arena_bytes, plan::kAlignment,
      interface.fed ? "struct FedInput;\n" : "");
  if (!interface.fed) {
    out += fmt::format(
        "\n{}[[nodiscard]] inline int run(Arena arena) {{ return {}_run(arena.data()); }}\n",
        kRunContract, interface.name);
  }
  for_each_tensor(interface, [&](const InterfaceTensor& tensor, const char* kind,
                                 std::size_t number) {
    const bool is_input = std::string_view(kind) == "input";
    const std::string structure = fmt::format("{}{}", is_input ? "Input" : "Output", number);
    const std::string_view c_type = type_names(tensor.type).c;
    const std::string element = c_type == "float" ? "float" : fmt::format("std::{}", c_type);
    out += fmt::format(
        "\nstruct {0} {{\n  using Element = {1};\n  static constexpr const char* kName = \"{2}\";\n"
        "  static constexpr std::array<std::size_t, {3}> kShape = {{{4}}};\n"
        "  static constexpr std::size_t kCount = {5};\n",
        structure, element, tensor.name, tensor.shape.size(), fmt::join(tensor.shape, ", "),
        tensor.elements);
    if (has_place(interface, kind))
      out += fmt::format("  static constexpr std::size_t kOffset = {};\n", tensor.offset);
    if (tensor.scale) {
      out += fmt::format(
          "  static constexpr float kScale = {};\n  static constexpr std::int32_t kZeroPoint = "
          "{};\n",
          literal(*tensor.scale), tensor.zero_point);
    }
    out += "};\n";
    if (!has_place(interface, kind)) return;
    out += fmt::format(
        "[[nodiscard]] inline std::span<{2}{0}::Element, {0}::kCount> {1}_{3}(Arena arena) "
        "{{\n"
        "  return std::span<{2}{0}::Element, {0}::kCount>({4}_{1}_{3}(arena.data()), "
        "{0}::kCount);\n}}\n",
        structure, kind, is_input ? "" : "const ", number, interface.name);
  });
  if (interface.fed) out += "\n" + fed_cpp_functions(interface);
  out += fmt::format("\n}}  // namespace thimble::model::{}\n", interface.name);
  return out;
}

std::string view_source(const Interface& interface) {
  std::string out = fmt::format(
      "// The model {0} for applications that serve any model. {1}\n"
      "#include \"{0}.hpp\"\n#include \"runtime/model.h\"\n\n"
      "namespace {{\n\nusing thimble::runtime::ElementType;\nusing "
      "thimble::runtime::TensorView;\n\n"
      "alignas(thimble::model::{0}::kArenaAlignment) constinit std::byte "
      "arena[thimble::model::{0}::kArenaBytes] = {{}};\n",
      interface.name, kGenerated);
  out += tensor_tables(interface, "");
  out += fmt::format(
      "\n}}  // namespace\n\nconstinit const thimble::runtime::ModelView kModel = {{\"{0}\", "
      "&thimble::model::{0}::kPlan, "
      "arena, kInputs, kOutputs}};\n",
      interface.name);
  if (interface.fed) {
    out += fmt::format(
        "constinit const thimble::runtime::FedInput* const kFedInput = "
        "&thimble::model::{}::kFedInput;\n",
        interface.name);
  }
  return out;
}

std::string models_source(const std::vector<Interface>& interfaces) {
  std::string out = fmt::format("// The models of an application. {}\n", kGenerated);
  for (const Interface& interface : interfaces)
    out += fmt::format("#include \"{}.hpp\"\n", interface.name);
  out +=
      "#include \"runtime/models.h\"\n\nnamespace {\n\nusing thimble::runtime::ElementType;\n"
      "using thimble::runtime::TensorView;\n";
  std::string models;
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    out += tensor_tables(interfaces[i], fmt::format("{}", i));
    models += fmt::format(
        "    {{\"{0}\", &thimble::model::{0}::kPlan, {{}}, kInputs{1}, kOutputs{1}}},\n",
        interfaces[i].name, i);
  }
  const bool empty = interfaces.empty();
  if (!empty)
    out += fmt::format("\nconstexpr thimble::runtime::ModelView kModels[] = {{\n{}}};\n", models);
  return out + fmt::format(
                   "\n}}  // namespace\n\n"
                   "std::span<const thimble::runtime::ModelView> thimble::runtime::models() {{\n"
                   "  return {};\n}}\n",
                   empty ? "{}" : "kModels");
}

}  // namespace thimble::emit
