// Several tensors side by side.
#include <fmt/format.h>

#include <set>

#include "compiler/offload/bytes.h"
#include "compiler/offload/candidate.h"
#include "compiler/offload/elementwise.h"

namespace thimble::offload {
namespace {

class Concatenation : public Candidate {
 public:
  Concatenation(std::vector<std::uint32_t> sizes, int rows, std::int64_t columns)
      : sizes_(std::move(sizes)), rows_(rows), columns_(columns) {}

  [[nodiscard]] Layer encode(Goal /*goal*/) const override {
    Layer layer;
    layer.symbol = "thimble_concatenate";
    layer.header = "microkernels/movement.h";
    layer.descriptor = fmt::format("Concatenate{{$0, {}, {}}}", sizes_.size(), columns_);
    layer.constants.push_back(bytes_of(sizes_));
    layer.rows = rows_;
    for (const std::uint32_t size : sizes_) layer.reads.push_back({0, size * columns_, size * columns_});
    return layer;
  }

 private:
  std::vector<std::uint32_t> sizes_;
  int rows_;
  std::int64_t columns_;
};

}  // namespace

Recognition recognize_concatenate(const Graph& /*graph*/, const mlir::Operation& operation) {
  if (operation.name != "tosa.concat") return {};
  const auto type = mlir::tensor_type(operation.result_types[0]);
  const auto axis = mlir::integers(*operation.find("axis"));
  if (!type || type->element != "i8" || axis.size() != 1) return {};
  constexpr std::size_t kMostInputs = 16;  // buffers of a call
  const std::set<std::string> different(operation.operands.begin(), operation.operands.end());
  if (different.size() != operation.operands.size()) return {nullptr, "the same tensor twice"};
  if (different.size() > kMostInputs) return {nullptr, "more than 16 tensors"};
  const auto dimension = static_cast<std::size_t>(axis[0]);
  std::int64_t outer = 1;
  for (std::size_t d = 0; d < dimension; ++d) outer *= type->shape[d];
  if (outer <= 1) return {};  // one behind the other: IREE needs no code for that
  std::vector<std::uint32_t> sizes;
  sizes.reserve(operation.operands.size());
  for (const std::string& text : operation.operand_types) {
    const auto input = mlir::tensor_type(text);
    if (!input || input->count() == 0) return {nullptr, "an empty tensor"};
    sizes.push_back(static_cast<std::uint32_t>(input->count() / outer));
  }
  const int rows = rows_of(*type);
  auto concatenation = std::make_unique<Concatenation>(std::move(sizes), rows, outer / rows);
  concatenation->inputs = operation.operands;
  concatenation->last = &operation;
  return {std::move(concatenation), {}};
}

}  // namespace thimble::offload
