// Where a model's instructions and bytes go: row by row, and the rows add up to the whole.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/pipeline/build.h"

namespace thimble::profile {

/// An operator of the model with those fused into it; or, behind all of these, what several share:
/// the runtime, each microkernel, the plan, support routines.
struct Row {
  std::string name;  ///< of the tensor that the operator makes
  std::string operation;
  std::vector<int> shape;  ///< of that tensor
  std::int64_t macs = 0;   ///< nominal
  std::uint64_t instructions = 0;
  std::uint64_t code = 0;       ///< bytes: generated functions and tables of the plan
  std::uint64_t constants = 0;  ///< bytes
  bool offloaded = false;       ///< a microkernel computes it, no generated code
  std::string reason;           ///< why not
  bool shared = false;
  std::vector<std::string> fused;    ///< further operators that it stands for
  std::vector<std::string> kernels;  ///< microkernels that compute it, by symbol
  std::map<std::string, int> forms;  ///< channels on each form of requantization
  int dead_channels = 0;
};

/// `steps`: instructions of each step of the plan; `total`: of the whole inference. The rows'
/// instructions add up to `total`, their code to memory.model_code, their constants to
/// memory.weights.
[[nodiscard]] Result<std::vector<Row>> make_rows(const tflite::Model& model,
                                                 const BuildOptions& options, const Build& build,
                                                 const std::vector<std::uint32_t>& steps,
                                                 std::uint64_t total);

/// The contract's "layers", with "fused", "kernels", "forms" and "dead_channels" where there are
/// any.
[[nodiscard]] nlohmann::ordered_json to_json(const std::vector<Row>& rows);

/// For people, with a line of sums.
[[nodiscard]] std::string to_table(const std::vector<Row>& rows);

/// For people: of each layer, who computes it and why, and the sums of that.
[[nodiscard]] std::string explain(const std::vector<Row>& rows);

}  // namespace thimble::profile
