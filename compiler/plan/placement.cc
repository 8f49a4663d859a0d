// See placement.h.
#include "compiler/plan/placement.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace thimble::plan {
namespace {

constexpr int kExchanges = 2000;
constexpr std::size_t kMostForExchanges = 400;  // tensors: each exchange places all of them again

using Order = std::vector<std::size_t>;

std::uint64_t round_up(std::uint64_t value) {
  return (value + kAlignment - 1) / kAlignment * kAlignment;
}

bool live_together(const Tensor& a, const Tensor& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

Placement place_in_order(std::span<const Tensor> tensors, const Order& order) {
  Placement placement{std::vector<std::uint64_t>(tensors.size()), 0};
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t current : order) {
    std::uint64_t at = 0;
    for (const std::size_t other : placed) {
      if (!live_together(tensors[current], tensors[other])) continue;
      if (placement.offsets[other] >= at + tensors[current].size) break;
      at = std::max(at, round_up(placement.offsets[other] + tensors[other].size));
    }
    placement.offsets[current] = at;
    placement.arena_bytes = std::max(placement.arena_bytes, round_up(at + tensors[current].size));
    placed.insert(std::ranges::upper_bound(placed, at, {},
                                           [&](std::size_t i) { return placement.offsets[i]; }),
                  current);
  }
  return placement;
}

}  // namespace

std::uint64_t lower_bound(std::span<const Tensor> tensors) {
  std::uint64_t most = 0;
  for (const Tensor& moment : tensors) {  // the live set only grows where a tensor begins
    std::uint64_t sum = 0;
    for (const Tensor& tensor : tensors) {
      if (tensor.first_step <= moment.first_step && moment.first_step <= tensor.last_step) {
        sum += round_up(tensor.size);
      }
    }
    most = std::max(most, sum);
  }
  return most;
}

Placement place(std::span<const Tensor> tensors) {
  const std::uint64_t bound = lower_bound(tensors);
  Order order(tensors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Order best_order = order;
  Placement best = place_in_order(tensors, order);
  const auto try_order = [&](const Order& candidate) {
    Placement placement = place_in_order(tensors, candidate);
    if (placement.arena_bytes > best.arena_bytes) return;
    best = std::move(placement);
    best_order = candidate;
  };
  const auto try_sorted = [&](const auto& key) {
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(key(tensors[i]), i); });
    try_order(order);
  };
  try_sorted([](const Tensor& tensor) { return ~tensor.size; });
  try_sorted([](const Tensor& tensor) { return tensor.first_step - tensor.last_step; });
  try_sorted([](const Tensor& tensor) { return tensor.first_step; });
  std::mt19937 random(1);  // fixed: the same model gives the same arena
  if (tensors.size() < 2 || tensors.size() > kMostForExchanges) return best;
  for (int i = 0; i < kExchanges && best.arena_bytes > bound; ++i) {
    Order candidate = best_order;
    std::swap(candidate[random() % candidate.size()], candidate[random() % candidate.size()]);
    try_order(candidate);
  }
  return best;
}

}  // namespace thimble::plan
