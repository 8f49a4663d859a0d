// Max-pool.
#include <fmt/format.h>

#include "compiler/offload/candidate.h"
#include "compiler/offload/window.h"

namespace thimble::offload {
namespace {

class MaxPool : public Candidate {
 public:
  explicit MaxPool(const microkernels::Window& window) : window_(window) {}

  [[nodiscard]] Layer encode(Goal goal) const override {
    Layer layer;
    layer.symbol = goal == Goal::kSize ? "thimble_max_pool2d_small" : "thimble_max_pool2d";
    layer.header = "microkernels/max_pool2d.h";
    layer.descriptor = fmt::format("MaxPool2d{{{}}}", window_text(window_));
    layer.rows = window_.output_height;
    return layer;
  }

 private:
  microkernels::Window window_;
};

}  // namespace

Recognition recognize_max_pool(const Graph& /*graph*/, const mlir::Operation& operation) {
  if (operation.name != "tosa.max_pool2d") return {};
  auto window = read_window(operation, "i8");
  const auto kernel = mlir::integers(*operation.find("kernel"));
  if (!window || kernel.size() != 2 || !fits(kernel[0]) || !fits(kernel[1]))
    return {nullptr, "not int8 pictures of batch 1"};
  window->kernel_height = static_cast<std::uint16_t>(kernel[0]);
  window->kernel_width = static_cast<std::uint16_t>(kernel[1]);
  auto pool = std::make_unique<MaxPool>(*window);
  pool->inputs = {operation.operands[0]};
  pool->last = &operation;
  return {std::move(pool), {}};
}

}  // namespace thimble::offload
