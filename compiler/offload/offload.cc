// See offload.h.
#include "compiler/offload/offload.h"

#include <algorithm>
#include <set>

#include "compiler/offload/recognize.h"

namespace thimble::offload {
namespace {

using mlir::Operation;

constexpr const char* kExecutable = "microkernels";

// The executable that the calls name. Its functions are empty: the plan calls the microkernel
// instead, and the linker drops them. They are there for IREE, which schedules them and plans their
// buffers.
Result<Operation> executable(const std::vector<Layer>& layers) {
  std::string exports;
  std::string functions;
  for (const Layer& layer : layers) {
    exports += fmt::format(
        "\"stream.executable.export\"() <{{function_ref = @{0}, sym_name = \"{0}\", sym_visibility "
        "= \"public\"}}> ({{\n"
        "  %0 = \"arith.constant\"() <{{value = 1 : index}}> : () -> index\n"
        "  \"stream.return\"(%0, %0, %0) : (index, index, index) -> ()\n}}) : () -> ()\n",
        layer.function);
    functions += fmt::format(
        "\"func.func\"() <{{function_type = (!stream.binding, !stream.binding) -> (), sym_name = "
        "\"{0}\"}}> ({{\n"
        "^bb0(%arg0: !stream.binding, %arg1: !stream.binding):\n  \"func.return\"() : () -> "
        "()\n}}) : () -> ()\n",
        layer.function);
  }
  ASSIGN_OR_RETURN(
      mlir::Module parsed,
      mlir::parse(
          fmt::format(
              "\"stream.executable\"() <{{sym_name = \"{}\", sym_visibility = \"private\"}}> "
              "({{\n{}"
              "\"builtin.module\"() ({{\n{}}}) : () -> ()\n\"stream.executable.end\"() : () -> ()\n"
              "}}) : () -> ()\n",
              kExecutable, exports, functions),
          "executable of microkernels"));
  return std::move(parsed.operations[0]);
}

Operation call_of(const Recognized& found, const std::string& input_type) {
  Operation call;
  call.name = "flow.dispatch";
  call.results = found.last->results;
  call.result_types = found.last->result_types;
  call.operands = {found.input};
  call.operand_types = {input_type};
  call.properties = {{"entry_points", fmt::format("[@{}::@{}]", kExecutable, found.layer.function)},
                     {"operandSegmentSizes", "array<i32: 0, 1, 0, 0>"},
                     {"tied_operands", "[-1 : index]"}};
  call.location = found.last->location;
  return call;
}

}  // namespace

std::vector<Layer> offload(mlir::Module& module, const std::string& model) {
  std::vector<Operation>& top = module.operations[0].regions[0].blocks[0].operations;
  const auto function = std::ranges::find(top, "func.func", &Operation::name);
  if (function == top.end()) return {};
  std::vector<Operation>& body = function->regions[0].blocks[0].operations;
  const Graph graph(body);
  std::vector<Layer> layers;
  std::map<const Operation*, Operation> calls;
  for (const Operation& operation : body) {
    std::optional<Recognized> found = recognize(graph, operation);
    if (!found) continue;
    found->layer.function = fmt::format("{}_layer_{}", model, layers.size());
    calls.emplace(found->last, call_of(*found, operation.operand_types[0]));
    layers.push_back(std::move(found->layer));
  }
  if (layers.empty()) return {};
  auto callee = executable(layers);
  if (!callee) return {};
  for (auto& [place, call] : calls) *const_cast<Operation*>(place) = std::move(call);
  // What only the replaced operations used is left without users.
  for (bool changed = true; changed;) {
    std::set<std::string> used;
    for (const Operation& operation : body)
      used.insert(operation.operands.begin(), operation.operands.end());
    changed = std::erase_if(body, [&](const Operation& operation) {
                return !operation.results.empty() &&
                       std::ranges::none_of(operation.results, [&](const auto& result) {
                         return used.contains(result);
                       });
              }) > 0;
  }
  top.insert(top.begin(), *std::move(callee));
  return layers;
}

}  // namespace thimble::offload
