// See unsigned_tensors.h.
#include "compiler/offload/unsigned_tensors.h"

#include <algorithm>

#include "compiler/offload/convolution.h"
#include "compiler/offload/encode_depthwise.h"

namespace thimble::offload {
namespace {

constexpr int kLowest = -128;

using Candidates = std::vector<std::unique_ptr<Candidate>>;

// The convolutions that read the value; empty if anything else does, too, or one has no use for it.
std::vector<Convolution*> readers(const Graph& graph, const Candidates& candidates,
                                  const std::string& value, Goal goal) {
  std::vector<Convolution*> found;
  for (const auto& candidate : candidates) {
    if (std::ranges::find(candidate->inputs, value) == candidate->inputs.end()) continue;
    auto* const reader = dynamic_cast<Convolution*>(candidate.get());
    if (reader == nullptr || reader->window.input_zero_point != kLowest ||
        !can_take_unsigned(*reader, goal)) {
      return {};
    }
    found.push_back(reader);
  }
  return found.size() == graph.users(value).size() ? found : std::vector<Convolution*>();
}

}  // namespace

void store_unsigned(const Graph& graph, const Candidates& candidates, Goal goal) {
  for (const auto& candidate : candidates) {
    auto* const maker = dynamic_cast<Convolution*>(candidate.get());
    if (maker == nullptr) continue;
    OutputRange& output = maker->rescale.output;
    if (output.zero_point != kLowest || output.lowest != kLowest) continue;
    const auto found = readers(graph, candidates, maker->last->results[0], goal);
    if (found.empty()) continue;
    output.zero_point -= kLowest;
    output.lowest -= kLowest;
    output.highest -= kLowest;
    for (Convolution* const reader : found) {
      reader->window.input_zero_point = 0;
      reader->unsigned_input = true;
    }
  }
}

}  // namespace thimble::offload
