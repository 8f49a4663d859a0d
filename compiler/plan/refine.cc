// See refine.h.
#include "compiler/plan/refine.h"

#include <algorithm>

#include "compiler/plan/choices.h"

namespace thimble::plan {
namespace {

constexpr int kMostRefinements = 60;
constexpr std::size_t kMostFailures = 12;
constexpr int kMoreRows = 3;

// Of all operands, that share no memory: what grows a little.
double size_of(const Schedule& schedule) {
  double bytes = 0;
  for (const Operand& operand : schedule.operands) bytes += static_cast<double>(operand.size);
  return bytes;
}

std::vector<Chain> with_other_paces(const Chain& chain) {
  std::vector<Chain> result;
  for (int others = chain.pace.others; others <= chain.pace.others + kMoreRows; ++others) {
    for (int first = others; first <= others + kMoreRows; ++first) {
      if (Chain::Pace{first, others} == chain.pace) continue;
      result.push_back(chain);
      result.back().pace = {first, others};
    }
  }
  return result;
}

std::vector<Chain> with_more_rows(const Network& network, const Chain& chain) {
  std::vector<Chain> result;
  for (std::size_t i = 0; i < chain.rows.size(); ++i) {
    const auto step = static_cast<std::size_t>(chain.first_step) + i;
    for (int rows = chain.rows[i] + 1; rows <= chain.rows[i] + kMoreRows; ++rows) {
      if (rows > std::min(network.layers[step]->rows, kMostRowsOfCall)) break;
      result.push_back(chain);
      result.back().rows[i] = rows;
    }
    if (chain.spare[i] == kMostSpareRows) continue;
    result.push_back(chain);
    ++result.back().spare[i];
  }
  // A layer's rows serve the next one only if that takes as many.
  for (std::size_t i = 0; i + 1 < chain.rows.size(); ++i) {
    result.push_back(chain);
    ++result.back().rows[i];
    ++result.back().rows[i + 1];
  }
  result.push_back(chain);
  for (int& rows : result.back().rows) ++rows;
  if (is_fed(network, chain) && chain.input_spare < kMostSpareRows) {
    result.push_back(chain);
    ++result.back().input_spare;
  }
  return result;
}

}  // namespace

ChosenChain refined(const Network& network, const std::vector<Overlap>& overlaps,
                    const Chain& chain, std::uint64_t bound) {
  ChosenChain best{chain, *schedule(network, chain), -1};
  const std::uint64_t beside = bytes_beside(network, best.schedule, best.chain);
  std::vector<Chain> too_large;
  for (int round = 0; round < kMostRefinements && too_large.size() < kMostFailures; ++round) {
    std::optional<ChosenChain> next;
    double most = 0;
    for (const Chain& other : best.chain.advances_together()
                                  ? with_other_paces(best.chain)
                                  : with_more_rows(network, best.chain)) {
      if (std::ranges::find(too_large, other) != too_large.end()) continue;
      auto result = schedule(network, other);
      if (!result || result->cost >= best.schedule.cost) continue;
      if (result->peak_bytes + beside > bound) continue;
      const double worth =
          (best.schedule.cost - result->cost) / (size_of(*result) - size_of(best.schedule) + 1);
      if (worth <= most) continue;
      most = worth;
      next = {other, *std::move(result), -1};
    }
    if (!next) break;
    if (bytes_in_place(network, overlaps, *next, bound) <= bound) {
      best = *std::move(next);
    } else {
      too_large.push_back(next->chain);
    }
  }
  return best;
}

std::uint64_t bytes_in_place(const Network& network, const std::vector<Overlap>& overlaps,
                             const ChosenChain& chosen, std::uint64_t enough) {
  const Streaming alone = group(network, overlaps, {chosen});
  const int number = alone.groups[static_cast<std::size_t>(chosen.chain.first_step)];
  return bytes_at_step(alone.packing, number, enough);
}

}  // namespace thimble::plan
