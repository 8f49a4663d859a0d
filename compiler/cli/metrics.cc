// See metrics.h.
#include "compiler/cli/metrics.h"

#include <algorithm>
#include <numeric>

namespace thimble::cli {
namespace {

double square(double value) {
  return value * value;
}

// The share of examples whose greatest output is that of their class; of equal ones the first
// counts.
std::optional<double> accuracy(const Answers& answers) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < answers.outputs.size(); ++i) {
    const Values& output = answers.outputs[i];
    const auto chosen = std::ranges::max_element(output) - output.begin();
    right += static_cast<double>(chosen) == answers.expected[i] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(answers.outputs.size());
}

double mean_squared_difference(const Values& a, const Values& b) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) sum += square(a[i] - b[i]);
  return sum / static_cast<double>(std::max<std::size_t>(a.size(), 1));
}

// How often an anomaly (1) is reproduced worse than something normal (0).
std::optional<double> auc(const Answers& answers) {
  Values normal;
  Values strange;
  for (std::size_t i = 0; i < answers.outputs.size(); ++i) {
    (answers.expected[i] == 0 ? normal : strange)
        .push_back(mean_squared_difference(answers.inputs[i], answers.outputs[i]));
  }
  if (normal.empty() || strange.empty()) return std::nullopt;
  double wins = 0;
  for (const double high : strange) {
    for (const double low : normal) wins += high > low ? 1.0 : high == low ? 0.5 : 0.0;
  }
  return wins / static_cast<double>(normal.size() * strange.size());
}

// The share of the values' variance that the outputs explain.
std::optional<double> r2(const Answers& answers) {
  const auto count = static_cast<double>(answers.expected.size());
  const double mean =
      std::accumulate(answers.expected.begin(), answers.expected.end(), 0.0) / count;
  double error = 0;
  double variance = 0;
  for (std::size_t i = 0; i < answers.expected.size(); ++i) {
    error += square(answers.outputs[i].at(0) - answers.expected[i]);
    variance += square(answers.expected[i] - mean);
  }
  if (variance == 0) return std::nullopt;
  return 1 - error / variance;
}

}  // namespace

std::optional<double> score(std::string_view metric, const Answers& answers) {
  if (answers.outputs.empty()) return std::nullopt;
  if (metric == "accuracy") return accuracy(answers);
  if (metric == "auc") return auc(answers);
  if (metric == "r2") return r2(answers);
  return std::nullopt;
}

}  // namespace thimble::cli
