// The half of the work that no board changes: a model through TOSA and IREE to an object and a
// plan. Its result is kept by content, so that the same model for another board, or again, takes no
// time.
#pragma once

#include <filesystem>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/isa/isa.h"
#include "compiler/plan/plan.h"
#include "compiler/tflite/model.h"

namespace thimble {

struct NetworkOptions {
  Isa isa;
  bool all_tensors = false;  ///< also return what every operator computes
  bool offload = true;       ///< give microkernels what they can compute
  offload::Goal goal = offload::Goal::kSpeed;
  bool strip_signedness = true;  ///< false: as the converter writes types, to see what that costs
  plan::Goal memory;             ///< of the plan
  bool feed = false;             ///< the caller brings the input by rows
};

struct Network {
  std::filesystem::path object;  ///< in the cache: to be read, not changed
  plan::Plan plan;
  std::vector<int> results;  ///< which tensor of the model each output is
  std::vector<offload::Refusal> refusals;
  iree::NameMap names;  ///< tensors that each generated function computes, as "t<index>"
  std::string key;      ///< names this very network: model, options, tools
};

/// As Network::key.
[[nodiscard]] Result<std::string> network_key(const tflite::Model& model,
                                              const NetworkOptions& options);

/// Compiles or finds compiled.
[[nodiscard]] Result<Network> compile_network(const tflite::Model& model,
                                              const NetworkOptions& options);

/// A mark of everything that made this tool: itself, its scripts, its pinned packages.
[[nodiscard]] std::uint64_t tool_mark();

}  // namespace thimble
