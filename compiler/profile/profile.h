// Where a model's instructions and bytes go: row by row, and the rows add up to the whole.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/pipeline/network.h"
#include "compiler/profile/footprint.h"
#include "compiler/tflite/model.h"

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

/// What a profile is made of.
struct Measured {
  const tflite::Model& model;
  const Network& network;
  bool offloading = true;            ///< microkernels were asked for
  Footprint held;                    ///< of the firmware
  std::vector<std::uint32_t> steps;  ///< instructions of each step of the plan
  std::uint64_t total = 0;           ///< instructions of the whole inference
};

/// The rows' instructions add up to the whole, their code to memory.model_code, their constants to
/// memory.weights. Steps that are not those of the plan, or exceed the whole, are kToolFailed.
[[nodiscard]] Result<std::vector<Row>> make_rows(const Measured& measured);

/// The contract's "layers", with "fused", "kernels", "forms" and "dead_channels" where there are
/// any.
[[nodiscard]] nlohmann::ordered_json to_json(const std::vector<Row>& rows);

/// For people, with a line of sums.
[[nodiscard]] std::string to_table(const std::vector<Row>& rows);

/// For people: of each layer, who computes it and why, and the sums of that.
[[nodiscard]] std::string explain(const std::vector<Row>& rows);

}  // namespace thimble::profile
