// See feed.h.
#include "compiler/plan/feed.h"

#include <algorithm>
#include <numeric>

namespace thimble::plan {
namespace {

constexpr std::int64_t kMostRows = 65535;  // that a stream counts, in 16 bits

std::string name_of(const iree::Step& step, const offload::Layer* layer) {
  if (layer != nullptr) return fmt::format("{} (tensor {})", layer->operation, layer->tensor);
  const auto* dispatch = std::get_if<iree::DispatchStep>(&step);
  return dispatch != nullptr ? dispatch->function : "a copy";
}

// The most bytes that all layers that read the tensor advance by whole numbers of.
std::int64_t common_row(const Liveness& liveness, const std::vector<const offload::Layer*>& layers,
                        int tensor) {
  const Tensor& input = liveness.tensors[static_cast<std::size_t>(tensor)];
  auto bytes = static_cast<std::int64_t>(input.size);
  for (std::size_t step = 0; step <= static_cast<std::size_t>(input.last_step); ++step) {
    for (std::size_t i = 0; i < layers[step]->reads.size(); ++i) {
      if (liveness.step_tensors[step][i] == tensor)
        bytes = std::gcd(bytes, layers[step]->reads[i].step);
    }
  }
  return bytes;
}

}  // namespace

std::unexpected<Error> cannot_feed(const std::string& reason) {
  return fail(ExitCode::kBadModel,
              "the model cannot be fed by rows: {}; without --feed its input is given whole",
              reason);
}

Result<Feed> prepare_feed(const iree::Trace& trace, Liveness& liveness,
                          const std::vector<const offload::Layer*>& layers, int rows) {
  if (liveness.input_tensors.size() != 1)
    return cannot_feed(
        fmt::format("it has {} inputs, and only one could be", liveness.input_tensors.size()));
  const int number = liveness.input_tensors[0];
  Tensor& input = liveness.tensors[static_cast<std::size_t>(number)];
  const int steps = static_cast<int>(layers.size());
  if (input.last_step == steps) return cannot_feed("its input is an output, too");
  if (steps == 0 ||
      std::ranges::find(liveness.step_tensors[0], number) == liveness.step_tensors[0].end())
    return cannot_feed("its first step does not read the input");
  for (std::size_t step = 0; step <= static_cast<std::size_t>(input.last_step); ++step) {
    const std::string name = name_of(trace.steps[step], layers[step]);
    if (layers[step] == nullptr)
      return cannot_feed(name + ", for which the input is kept, is no microkernel's");
    if (layers[step]->reads.empty()) return cannot_feed(name + " reads whole tensors");
  }
  const auto bytes = static_cast<std::int64_t>(input.size);
  const std::int64_t all = rows > 0 ? rows : bytes / common_row(liveness, layers, number);
  if (all < 2) return cannot_feed("its first layer takes the input as a whole");
  if (all > kMostRows || bytes % all != 0)
    return cannot_feed(fmt::format("{} bytes are {} rows to its first layer", bytes, all));
  input.first_step = 0;
  return Feed{number, static_cast<int>(all)};
}

}  // namespace thimble::plan
