// Average-pool: of the whole picture, or of windows of it.
#include <fmt/format.h>

#include "compiler/offload/candidate.h"
#include "compiler/offload/reduction.h"
#include "compiler/offload/rescale.h"
#include "compiler/offload/window.h"
#include "microkernels/mean.h"
#include "microkernels/order.h"

namespace thimble::offload {
namespace {

// Up to here, TOSA's division by a reciprocal rounds halves away from zero, as the microkernels do.
constexpr int kMostValues = 1 << 22;

class AveragePool : public Candidate {
 public:
  AveragePool(const microkernels::Window& window, const Clamp& clamp)
      : window_(window), clamp_(clamp) {}

  [[nodiscard]] Layer encode(Goal goal) const override {
    const char* size = goal == Goal::kSize ? "_small" : "";
    const int values = window_.input_height * window_.input_width;
    Layer layer;
    layer.rows = window_.output_height;
    if (is_whole_picture() && values <= UINT16_MAX) {
      layer.symbol = fmt::format("thimble_average{}", size);
      layer.header = "microkernels/mean.h";
      layer.descriptor =
          fmt::format("Average{{{{{}, {}, {}}}, {}, {}}}", values, window_.input_channels,
                      window_.input_height, clamp_.lowest, clamp_.highest);
      const microkernels::MeanShape shape{static_cast<std::uint16_t>(values),
                                          window_.input_channels, window_.input_height};
      reduce(layer, shape);
      layer.orders = {recorded([&](auto& order) { microkernels::mean_order(shape, 1, order); })};
    } else {
      layer.symbol = fmt::format("thimble_average_pool2d{}", size);
      layer.header = "microkernels/average_pool2d.h";
      layer.descriptor = fmt::format("AveragePool2d{{{}, {}, {}}}", window_text(window_),
                                     clamp_.lowest, clamp_.highest);
      layer.reads = {window_reads(window_)};
      layer.orders = {
          by_rows(recorded([&](auto& order) { microkernels::pool_order(window_, order); }),
                  layer.rows, layer.reads[0].step)};
    }
    return layer;
  }

 private:
  [[nodiscard]] bool is_whole_picture() const {
    return window_.output_height == 1 && window_.output_width == 1 && window_.pad_top == 0 &&
           window_.pad_left == 0 && window_.kernel_height == window_.input_height &&
           window_.kernel_width == window_.input_width;
  }

  microkernels::Window window_;
  Clamp clamp_;
};

}  // namespace

Recognition recognize_average_pool(const Graph& graph, const mlir::Operation& operation) {
  if (operation.name != "tosa.avg_pool2d" || operation.operands.size() != 3) return {};
  auto window = read_window(operation, "i8");
  const auto kernel = mlir::integers(*operation.find("kernel"));
  if (!window || kernel.size() != 2 || !fits(kernel[0]) || !fits(kernel[1]))
    return {nullptr, "not int8 pictures of batch 1"};
  if (graph.single(operation.operands[1]) != 0 || graph.single(operation.operands[2]) != 0)
    return {nullptr, "averages with zero points"};
  if (kernel[0] * kernel[1] >= kMostValues) return {nullptr, "windows of 2^22 or more pixels"};
  window->kernel_height = static_cast<std::uint16_t>(kernel[0]);
  window->kernel_width = static_cast<std::uint16_t>(kernel[1]);
  const Clamp clamp = read_clamp(graph, operation);
  auto pool = std::make_unique<AveragePool>(*window, clamp);
  pool->inputs = {operation.operands[0]};
  pool->last = clamp.last;
  return {std::move(pool), {}};
}

}  // namespace thimble::offload
