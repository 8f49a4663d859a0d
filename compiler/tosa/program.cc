// See program.h.
#include "compiler/tosa/program.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/tosa/maxima.h"
#include "compiler/tosa/pools.h"
#include "compiler/tosa/quantize.h"

namespace thimble::tosa {
namespace {

using mlir::Operation;

constexpr const char* kStripSignedness =
    "--pass-pipeline=builtin.module(func.func(iree-tosa-strip-signedness))";

// The one function of a module.
Operation* entry(mlir::Module& module) {
  for (Operation& outer : module.operations) {
    for (mlir::Region& region : outer.regions) {
      for (mlir::Block& block : region.blocks) {
        for (Operation& inner : block.operations) {
          if (inner.name == "func.func" && !inner.regions.empty()) return &inner;
        }
      }
    }
  }
  return nullptr;
}

// "t17" -> 17; -1 for anything else.
int tensor_index(std::string_view name) {
  if (!name.starts_with('t')) return -1;
  int index = -1;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), index);
  return error == std::errc() && end == name.data() + name.size() ? index : -1;
}

bool is_dynamic(const std::string& type) {
  return type.starts_with("tensor<") && !mlir::tensor_type(type).has_value();
}

// LiteRT's fully connected reference kernel rounds once where the converter's rescale rounds twice.
void round_fully_connected_once(mlir::Module& module, const tflite::Model& model) {
  std::set<int> outputs;
  for (const tflite::Operator& op : model.operators) {
    if (op.kind == "FULLY_CONNECTED") outputs.insert(op.outputs.begin(), op.outputs.end());
  }
  mlir::walk(module, [&](Operation& operation) {
    if (operation.name != "tosa.rescale") return;
    if (outputs.contains(tensor_index(module.location_name(operation)))) {
      operation.set("rounding_mode", "#tosa.rounding_mode<SINGLE_ROUND>");
    }
  });
}

void set_results(Operation& function, const std::vector<std::string>& values,
                 const std::vector<std::string>& types) {
  mlir::Block& body = function.regions[0].blocks[0];
  Operation& last = body.operations.back();
  last.operands = values;
  last.operand_types = types;
  std::vector<std::string> arguments;
  arguments.reserve(body.arguments.size());
  for (const auto& [name, type] : body.arguments) arguments.push_back(type);
  function.set("function_type",
               fmt::format("({}) -> ({})", fmt::join(arguments, ", "), fmt::join(types, ", ")));
}

// Widths count: signedness is stripped and floats keep their own.
bool same_type(const std::string& text, const tflite::Tensor& tensor) {
  const auto type = mlir::tensor_type(text);
  if (!type || static_cast<std::size_t>(type->count()) != tensor.elements()) return false;
  const std::size_t digits =
      std::min(type->element.find_first_of("0123456789"), type->element.size());
  const std::string width = type->element.substr(digits);  // none for an index
  const bool is_float = type->element.starts_with('f');
  const bool wants_float =
      tensor.type == tflite::ElementType::kFloat32 || tensor.type == tflite::ElementType::kFloat16;
  return is_float == wants_float && width == std::to_string(tflite::bits(tensor.type));
}

}  // namespace

Result<Program> import(const tflite::Model& model, const std::filesystem::path& folder,
                       bool strip_signedness) {
  const std::filesystem::path canonical = folder / "canonical.tflite";
  const std::filesystem::path bytecode = folder / "tosa.mlirbc";
  TRY(tflite::canonicalize(model, canonical));
  ASSIGN_OR_RETURN(const ProcessOutput converted,
                   run_process({python_tool("tosa-converter-for-tflite"), canonical.string(),
                                "--bytecode", "--emit-debug-info", "-o", bytecode.string()}));
  if (converted.exit_code != 0) {
    TRY(tflite::explain_conversion_failure(model, converted.err + converted.out));
    return fail(ExitCode::kBadModel, "{}: cannot be converted to TOSA", model.path.string());
  }
  std::vector<std::string> print{python_tool("iree-opt"), bytecode.string(),
                                 "--mlir-print-op-generic", "--mlir-print-debuginfo",
                                 "--allow-unregistered-dialect"};
  if (strip_signedness) print.emplace_back(kStripSignedness);
  ASSIGN_OR_RETURN(const std::string text, run_tool(print));
  TRY(tflite::check_converted(model, text));
  ASSIGN_OR_RETURN(mlir::Module module, mlir::parse(text, "TOSA of " + model.path.string()));
  Operation* function = entry(module);
  if (function == nullptr || function->regions[0].blocks.size() != 1) {
    return fail(ExitCode::kBadModel, "{}: the converter made no straight-line function of it",
                model.path.string());
  }
  std::string dynamic;
  mlir::walk(module, [&](Operation& operation) {
    if (dynamic.empty() && std::ranges::any_of(operation.result_types, is_dynamic)) {
      dynamic = fmt::format("{} ({})", operation.name, module.location_name(operation));
    }
  });
  if (!dynamic.empty()) {
    return fail(ExitCode::kBadModel,
                "{}: the shape of {} depends on data; export the model with fixed shapes",
                model.path.string(), dynamic);
  }
  // The attributes hold the original's names and paths; nothing needs them.
  for (Operation& operation : module.operations) operation.attributes.clear();
  function->attributes.clear();
  function->set("sym_name", '"' + model.name + '"');
  round_fully_connected_once(module, model);
  quantize_like_the_reference(*function, module, model);
  clamp_pools(*function, module, model);
  return Program{std::move(module), model.outputs};
}

void prepare_for_iree(Program& program) {
  widen_maxima(*entry(program.module));
}

void return_all_tensors(Program& program, const tflite::Model& model) {
  Operation& function = *entry(program.module);
  mlir::Block& body = function.regions[0].blocks[0];
  // The last operation that carries a tensor's name makes the tensor.
  std::map<int, std::pair<std::string, std::string>> makers;
  for (const Operation& operation : body.operations) {
    const int index = tensor_index(program.module.location_name(operation));
    if (index >= 0 && operation.results.size() == 1 && operation.name != "tosa.const") {
      makers[index] = {operation.results[0], operation.result_types[0]};
    }
  }
  std::vector<std::string> values = body.operations.back().operands;
  std::vector<std::string> types = body.operations.back().operand_types;
  for (const tflite::Operator& op : model.operators) {
    for (const int index : op.outputs) {
      const auto maker = makers.find(index);
      if (maker == makers.end() || std::ranges::find(values, maker->second.first) != values.end() ||
          !same_type(maker->second.second, model.tensors[static_cast<std::size_t>(index)])) {
        continue;
      }
      values.push_back(maker->second.first);
      types.push_back(maker->second.second);
      program.results.push_back(index);
    }
  }
  set_results(function, values, types);
}

}  // namespace thimble::tosa
