// See comparison.h.
#include "compiler/cli/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/cli/tensor_values.h"

namespace thimble::cli {
namespace {

// Position of the operator that makes a tensor; inputs come first.
int maker(const tflite::Model& model, int tensor) {
  for (const tflite::Operator& op : model.operators) {
    if (std::ranges::find(op.outputs, tensor) != op.outputs.end()) return op.index;
  }
  return -1;
}

}  // namespace

void Comparison::add(const Comparison& other) {
  samples = std::max(samples, other.samples);
  outputs += other.outputs;
  mismatches += other.mismatches;
  max_difference = std::max(max_difference, other.max_difference);
  if (!first) first = other.first;
}

Comparison compare(const tflite::Model& model, const std::vector<int>& results,
                   std::span<const Bytes> target, const ReferenceResult& reference) {
  std::vector<std::size_t> order(results.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {},
                    [&](std::size_t i) { return std::pair(maker(model, results[i]), i); });
  Comparison comparison;
  for (std::size_t sample = 0; sample < target.size(); ++sample) {
    ++comparison.samples;
    const auto parts = split(model, results, target[sample]);
    for (const std::size_t i : order) {
      const tflite::Tensor& tensor = model.tensors[static_cast<std::size_t>(results[i])];
      const Bytes& expected = reference.tensors[sample][i];
      const std::size_t width =
          std::max<std::size_t>(1, expected.size() / std::max<std::size_t>(1, tensor.elements()));
      comparison.outputs += tensor.elements();
      if (std::ranges::equal(parts[i], expected)) continue;
      for (std::size_t e = 0; e < tensor.elements(); ++e) {
        const auto begin = static_cast<std::ptrdiff_t>(e * width);
        const auto end = begin + static_cast<std::ptrdiff_t>(width);
        if (std::equal(parts[i].begin() + begin, parts[i].begin() + end, expected.begin() + begin))
          continue;
        const double got = value_at(tensor, parts[i], e);
        const double wanted = value_at(tensor, expected, e);
        ++comparison.mismatches;
        const double difference = std::abs(got - wanted);
        comparison.max_difference =
            std::max(comparison.max_difference, std::isnan(difference) ? INFINITY : difference);
        if (!comparison.first)
          comparison.first = {static_cast<int>(sample), results[i], e, got, wanted};
      }
    }
  }
  return comparison;
}

std::string describe(const tflite::Model& model, const Difference& difference) {
  const tflite::Tensor& tensor = model.tensors[static_cast<std::size_t>(difference.tensor)];
  std::vector<std::size_t> place(tensor.shape.size());
  std::size_t rest = difference.element;
  for (std::size_t d = place.size(); d-- > 0;) {
    place[d] = rest % static_cast<std::size_t>(tensor.shape[d]);
    rest /= static_cast<std::size_t>(tensor.shape[d]);
  }
  const int op = maker(model, difference.tensor);
  const std::string kind = op < 0 ? "input" : model.operators[static_cast<std::size_t>(op)].kind;
  return fmt::format(
      "sample {}, tensor '{}' ({}, {} [{}]), element [{}]: {} on the target, {} in the reference",
      difference.sample, tensor.name, kind, tflite::name(tensor.type),
      fmt::join(tensor.shape, ", "), fmt::join(place, ", "), difference.target,
      difference.reference);
}

}  // namespace thimble::cli
