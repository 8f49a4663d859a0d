// Rows of a profile: see profile.h.
#include <algorithm>
#include <set>

#include "compiler/profile/ownership.h"
#include "compiler/profile/profile.h"

namespace thimble::profile {
namespace {

constexpr const char* kNoMicrokernel = "no microkernel for this operator";
constexpr const char* kShared = "shared by layers";

// The refusals of the operators that a row stands for.
std::string refusals_of(const tflite::Model& model, const Ownership& owners, int row,
                        const std::vector<offload::Refusal>& refusals) {
  std::vector<std::string> reasons;
  for (const offload::Refusal& refusal : refusals) {
    for (std::size_t i = 0; i < model.operators.size(); ++i) {
      const tflite::Operator& op = model.operators[i];
      const bool here =
          owners.of_operators[i] == row && std::ranges::any_of(op.outputs, [&](int tensor) {
            return refusal.tensor == fmt::format("t{}", tensor);
          });
      if (here && std::ranges::find(reasons, refusal.reason) == reasons.end())
        reasons.push_back(refusal.reason);
    }
  }
  return fmt::format("{}", fmt::join(reasons, "; "));
}

class Rows {
 public:
  Rows(const tflite::Model& model, const Network& network)
      : model_(model), network_(network), owners_(ownership(model, network)) {
    for (std::size_t i = 0; i < model.operators.size(); ++i) {
      if (owners_.of_operators[i] == static_cast<int>(i)) add_row(static_cast<int>(i));
    }
    for (std::size_t i = 0; i < model.operators.size(); ++i) {
      const int owner = owners_.of_operators[i];
      Row& row = rows_[numbers_.at(owner)];
      row.macs += tflite::macs(model, model.operators[i]);
      if (owner != static_cast<int>(i)) row.fused.push_back(model.operators[i].kind);
    }
  }

  void add_steps(const std::vector<std::uint32_t>& instructions,
                 const std::vector<FlashBytes>& bytes) {
    for (std::size_t s = 0; s < network_.plan.steps.size(); ++s) {
      const plan::Step& step = network_.plan.steps[s];
      const int owner = owners_.of_steps[s];
      Row& row = rows_[numbers_.at(owner)];
      row.instructions += instructions[s];
      row.code += bytes[s].code;
      row.constants += bytes[s].constants;
      if (step.kind == plan::StepKind::kDispatch) generated_.insert(owner);
      if (step.kind != plan::StepKind::kMicrokernel) continue;
      const offload::Layer& layer =
          network_.plan.layers[static_cast<std::size_t>(step.layer)].layer;
      row.kernels.push_back(layer.symbol);
      row.dead_channels += layer.dead_channels;
      for (const auto& [form, channels] : layer.forms) row.forms[form] += channels;
    }
  }

  // Says of each row who computes it.
  void judge(bool offloading) {
    for (const auto& [owner, number] : numbers_) {
      Row& row = rows_[number];
      row.offloaded = !row.kernels.empty() && !generated_.contains(owner);
      if (row.offloaded) continue;
      if (!offloading) {
        row.reason = "--offload none";
        continue;
      }
      if (row.kernels.empty() && !generated_.contains(owner)) {
        row.reason = "only moves data";
        continue;
      }
      const std::string refusals = refusals_of(model_, owners_, owner, network_.refusals);
      row.reason = refusals.empty() ? kNoMicrokernel : refusals;
      if (!row.kernels.empty()) row.reason = "in part: " + row.reason;
    }
  }

  void add_shared(const std::string& name, const std::string& what, std::uint64_t instructions,
                  const FlashBytes& bytes) {
    if (instructions + bytes.code + bytes.constants == 0) return;
    Row row;
    row.name = name;
    row.operation = what;
    row.instructions = instructions;
    row.code = bytes.code;
    row.constants = bytes.constants;
    row.reason = kShared;
    row.shared = true;
    rows_.push_back(std::move(row));
  }

  [[nodiscard]] std::vector<Row> take() { return std::move(rows_); }

 private:
  void add_row(int owner) {
    const tflite::Operator& op = model_.operators[static_cast<std::size_t>(owner)];
    Row row;
    row.operation = op.kind;
    if (!op.outputs.empty()) {
      const tflite::Tensor& tensor = model_.tensors[static_cast<std::size_t>(op.outputs[0])];
      row.name = tensor.name;
      row.shape = tensor.shape;
    }
    numbers_[owner] = rows_.size();
    rows_.push_back(std::move(row));
  }

  const tflite::Model& model_;
  const Network& network_;
  Ownership owners_;
  std::vector<Row> rows_;
  std::map<int, std::size_t> numbers_;  // operator -> row
  std::set<int> generated_;             // operators that IREE's functions compute
};

}  // namespace

Result<std::vector<Row>> make_rows(const Measured& measured) {
  const tflite::Model& model = measured.model;
  if (measured.steps.size() != measured.network.plan.steps.size()) {
    return fail(ExitCode::kToolFailed, "{}: the target told of {} steps, the plan has {}",
                model.path.string(), measured.steps.size(), measured.network.plan.steps.size());
  }
  std::uint64_t counted = 0;
  for (const std::uint32_t instructions : measured.steps) counted += instructions;
  if (counted > measured.total) {
    return fail(ExitCode::kToolFailed,
                "{}: its steps take {} instructions, more than the whole, {}", model.path.string(),
                counted, measured.total);
  }
  const Footprint& held = measured.held;
  Rows rows(model, measured.network);
  rows.add_steps(measured.steps, held.steps);
  rows.judge(measured.offloading);
  rows.add_shared("walking the plan", "runtime", measured.total - counted, {});
  for (const auto& [name, code] : held.microkernels)
    rows.add_shared(name, "microkernel", 0, {code, 0});
  rows.add_shared("soft float, memory routines", "support", 0, {held.support, 0});
  rows.add_shared("ends, names, alignment", "plan", 0, held.plan);
  return rows.take();
}

}  // namespace thimble::profile
