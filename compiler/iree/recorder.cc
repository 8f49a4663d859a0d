// See recorder.h.
#include "compiler/iree/recorder.h"

#include "compiler/iree/fold.h"
#include "compiler/iree/hal.h"

namespace thimble::iree {

std::vector<Range> ranges(const Step& step) {
  if (const auto* dispatch = std::get_if<DispatchStep>(&step)) return dispatch->bindings;
  if (const auto* fill = std::get_if<FillStep>(&step)) return {fill->target};
  const auto& copy = std::get<CopyStep>(step);
  return {copy.target, copy.source};
}

Result<Trace> record(const BytecodeModule& module, const std::string& entry,
                     const std::vector<std::uint64_t>& input_bytes) {
  RecordingHal hal(module);
  Vm vm(module, [&hal](std::string_view name, std::span<const Argument> arguments) {
    return hal.call(name, Arguments(arguments));
  });
  if (module.exports.contains("__init")) {
    ASSIGN_OR_RETURN(const auto ignored, vm.call("__init", {}));
    static_cast<void>(ignored);
  }
  fold_constants(hal.trace);
  std::vector<Value> arguments;
  for (std::size_t i = 0; i < input_bytes.size(); ++i) {
    const int buffer = hal.add({BufferKind::kInput, input_bytes[i], static_cast<int>(i), {}});
    arguments.push_back({0, hal.view_of(buffer)});
  }
  ASSIGN_OR_RETURN(const std::vector<Value> results, vm.call(entry, std::move(arguments)));
  for (const Value& result : results) {
    const auto view = std::dynamic_pointer_cast<BufferView>(result.ref);
    if (view == nullptr) {
      return fail(ExitCode::kBadModel, "{}: '{}' returns something that is no tensor",
                  module.origin, entry);
    }
    hal.trace.outputs.push_back(view->where);
  }
  return std::move(hal.trace);
}

}  // namespace thimble::iree
