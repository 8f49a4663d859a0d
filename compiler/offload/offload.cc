// See offload.h.
#include "compiler/offload/offload.h"

#include <algorithm>
#include <array>
#include <set>

#include "compiler/offload/candidate.h"
#include "compiler/offload/dead_channels.h"
#include "compiler/offload/padding.h"
#include "compiler/offload/slicing.h"
#include "compiler/offload/unsigned_tensors.h"

namespace thimble::offload {
namespace {

using mlir::Operation;

constexpr const char* kExecutable = "microkernels";
constexpr std::array kRecognizers{recognize_convolution, recognize_max_pool, recognize_average_pool,
                                  recognize_mean,        recognize_softmax,  recognize_add,
                                  recognize_multiply,    recognize_lookup,   recognize_copy,
                                  recognize_concatenate, recognize_pad,      recognize_dequantize};

// The function that stands for a layer: empty, with an operand for each tensor.
std::string function_text(const std::string& name, std::size_t tensors) {
  std::string types;
  std::string arguments;
  for (std::size_t i = 0; i < tensors; ++i) {
    types += i == 0 ? "!stream.binding" : ", !stream.binding";
    arguments += fmt::format("{}%arg{}: !stream.binding", i == 0 ? "" : ", ", i);
  }
  return fmt::format(
      "\"func.func\"() <{{function_type = ({}) -> (), sym_name = \"{}\"}}> ({{\n^bb0({}):\n"
      "  \"func.return\"() : () -> ()\n}}) : () -> ()\n",
      types, name, arguments);
}

// The executable that the calls name. The plan calls the microkernels instead of its functions, and
// the linker drops them. They are there for IREE, which schedules them and plans their buffers.
Result<Operation> executable(const std::vector<Operation>& calls,
                             const std::vector<Layer>& layers) {
  std::string exports;
  std::string functions;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    exports += fmt::format(
        "\"stream.executable.export\"() <{{function_ref = @{0}, sym_name = \"{0}\", sym_visibility "
        "= \"public\"}}> ({{\n"
        "  %0 = \"arith.constant\"() <{{value = 1 : index}}> : () -> index\n"
        "  \"stream.return\"(%0, %0, %0) : (index, index, index) -> ()\n}}) : () -> ()\n",
        layers[i].function);
    functions += function_text(layers[i].function, calls[i].operands.size() + 1);
  }
  ASSIGN_OR_RETURN(
      mlir::Module parsed,
      mlir::parse(fmt::format("\"stream.executable\"() <{{sym_name = \"{}\", sym_visibility = "
                              "\"private\"}}> ({{\n{}\"builtin.module\"() ({{\n{}}}) : () -> ()\n"
                              "\"stream.executable.end\"() : () -> ()\n}}) : () -> ()\n",
                              kExecutable, exports, functions),
                  "executable of microkernels"));
  return std::move(parsed.operations[0]);
}

Operation call_of(const Candidate& found, const std::map<std::string, std::string>& types,
                  const std::string& function) {
  Operation call;
  call.name = "flow.dispatch";
  call.results = found.last->results;
  call.result_types = found.last->result_types;
  call.operands = found.inputs;
  for (const std::string& input : found.inputs) call.operand_types.push_back(types.at(input));
  call.properties = {
      {"entry_points", fmt::format("[@{}::@{}]", kExecutable, function)},
      {"operandSegmentSizes", fmt::format("array<i32: 0, {}, 0, 0>", found.inputs.size())},
      {"tied_operands", "[-1 : index]"}};
  call.location = found.last->location;
  return call;
}

std::map<std::string, std::string> types_of(const mlir::Block& body) {
  std::map<std::string, std::string> types(body.arguments.begin(), body.arguments.end());
  for (const Operation& operation : body.operations) {
    for (std::size_t i = 0; i < operation.results.size(); ++i)
      types[operation.results[i]] = operation.result_types[i];
  }
  return types;
}

// What only replaced operations used is left without users.
void remove_unused(std::vector<Operation>& body) {
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
}

}  // namespace

Result<Offloaded> offload(mlir::Module& module, const std::string& model, Goal goal) {
  std::vector<Operation>& top = module.operations[0].regions[0].blocks[0].operations;
  const auto function = std::ranges::find(top, "func.func", &Operation::name);
  if (function == top.end()) return Offloaded{};
  mlir::Block& block = function->regions[0].blocks[0];
  std::vector<Operation>& body = block.operations;
  absorb_padding(block);
  absorb_slices(block);
  remove_unused(body);  // no layer for what nobody reads any more
  const std::map<std::string, int> dead = remove_dead_channels(block);
  Graph graph(body);
  const std::map<std::string, std::string> types = types_of(block);

  Offloaded result;
  std::vector<std::unique_ptr<Candidate>> candidates;
  for (const Operation& operation : body) {
    if (std::ranges::any_of(operation.results,
                            [&](const auto& value) { return graph.is_layer(value); }))
      continue;
    for (const Recognizer recognize : kRecognizers) {
      Recognition recognition = recognize(graph, operation);
      if (!recognition.refusal.empty()) {
        result.refusals.push_back(
            {module.location_name(operation), operation.name, recognition.refusal});
      }
      if (recognition.candidate == nullptr) continue;
      graph.add_layer(*recognition.candidate->last);
      recognition.candidate->first = &operation;
      candidates.push_back(std::move(recognition.candidate));
      break;
    }
  }
  if (candidates.empty()) return result;

  store_unsigned(graph, candidates, goal);
  for (const auto& candidate : candidates) {
    Layer layer = candidate->encode(goal);
    layer.function = fmt::format("{}_layer_{}", model, result.layers.size());
    layer.tensor = module.location_name(*candidate->last);
    layer.operation = candidate->first->name;
    const auto lost = dead.find(candidate->last->results[0]);
    if (lost != dead.end()) layer.dead_channels = lost->second;
    result.layers.push_back(std::move(layer));
  }

  std::vector<Operation> calls;
  calls.reserve(candidates.size());
  for (std::size_t i = 0; i < candidates.size(); ++i)
    calls.push_back(call_of(*candidates[i], types, result.layers[i].function));
  ASSIGN_OR_RETURN(Operation callee, executable(calls, result.layers));
  for (std::size_t i = 0; i < candidates.size(); ++i)
    *const_cast<Operation*>(candidates[i]->last) = std::move(calls[i]);
  remove_unused(body);
  top.insert(top.begin(), std::move(callee));
  return result;
}

}  // namespace thimble::offload
