// Max-pool.
#include <fmt/format.h>

#include "compiler/offload/candidate.h"
#include "compiler/offload/rescale.h"
#include "compiler/offload/window.h"
#include "microkernels/order.h"

namespace thimble::offload {
namespace {

class MaxPool : public Candidate {
 public:
  MaxPool(const microkernels::Window& window, const Clamp& clamp)
      : window_(window), clamp_(clamp) {}

  [[nodiscard]] Layer encode(Goal goal) const override {
    Layer layer;
    layer.symbol = goal == Goal::kSize ? "thimble_max_pool2d_small" : "thimble_max_pool2d";
    layer.header = "microkernels/max_pool2d.h";
    layer.descriptor =
        fmt::format("MaxPool2d{{{}, {}, {}}}", window_text(window_), clamp_.lowest, clamp_.highest);
    layer.rows = window_.output_height;
    layer.reads = {window_reads(window_)};
    layer.orders = {
        by_rows(recorded([&](auto& order) { microkernels::pool_order(window_, order); }),
                layer.rows, layer.reads[0].step)};
    return layer;
  }

 private:
  microkernels::Window window_;
  Clamp clamp_;
};

}  // namespace

Recognition recognize_max_pool(const Graph& graph, const mlir::Operation& operation) {
  if (operation.name != "tosa.max_pool2d") return {};
  auto window = read_window(operation, "i8");
  const auto kernel = mlir::integers(*operation.find("kernel"));
  if (!window || kernel.size() != 2 || !fits(kernel[0]) || !fits(kernel[1]))
    return {nullptr, "not int8 pictures of batch 1"};
  window->kernel_height = static_cast<std::uint16_t>(kernel[0]);
  window->kernel_width = static_cast<std::uint16_t>(kernel[1]);
  const Clamp clamp = read_clamp(graph, operation);
  auto pool = std::make_unique<MaxPool>(*window, clamp);
  pool->inputs = {operation.operands[0]};
  pool->last = clamp.last;
  return {std::move(pool), {}};
}

}  // namespace thimble::offload
