// See placement.h. Any best placement comes of placing its tensors, in some order, each at the
// lowest offset that those before leave free: so orders are what is searched.
#include "compiler/plan/placement.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <set>

namespace thimble::plan {
namespace {

constexpr int kExchanges = 8000;
constexpr std::size_t kMostForExchanges = 400;  // tensors: each exchange places all of them again
constexpr std::size_t kMostForAllOrders = 8;

using Order = std::vector<std::size_t>;

bool live_together(const Tensor& a, const Tensor& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

class Packer {
 public:
  explicit Packer(const Packing& packing, std::uint64_t enough)
      : packing_(packing),
        enough_(enough),
        neighbours_(packing.tensors.size()),
        offsets_(packing.tensors.size()),
        placed_(packing.tensors.size()),
        best_{{}, std::numeric_limits<std::uint64_t>::max()} {
    const auto& tensors = packing.tensors;
    for (std::size_t a = 0; a < tensors.size(); ++a) {
      const auto fixed = a < packing.fixed.size() ? packing.fixed[a] : std::nullopt;
      if (fixed) {
        placed_[a] = true;
        offsets_[a] = *fixed;
        fixed_end_ = std::max(fixed_end_, offsets_[a] + tensors[a].size);
      } else {
        free_.push_back(a);
      }
      for (std::size_t b = 0; b < tensors.size(); ++b) {
        if (a == b || tensors[a].size == 0 || tensors[b].size == 0) continue;
        if (!live_together(tensors[a], tensors[b])) continue;
        Neighbour neighbour{b, {}, nullptr};
        for (const Overlap& overlap : packing.overlaps) {
          const auto input = static_cast<std::size_t>(overlap.input);
          const auto output = static_cast<std::size_t>(overlap.output);
          if ((input == a && output == b) || (input == b && output == a))
            neighbour.overlaps.push_back(&overlap);
        }
        for (const Apart& apart : packing.aparts) {
          const auto first = static_cast<std::size_t>(apart.first);
          const auto second = static_cast<std::size_t>(apart.second);
          if ((first == a && second == b) || (first == b && second == a)) neighbour.apart = &apart;
        }
        if (neighbour.apart != nullptr && neighbour.apart->forbidden.empty()) continue;
        neighbours_[a].push_back(std::move(neighbour));
      }
    }
  }

  Placement run() {
    best_order_ = free_;
    Order order = free_;
    try_order(order);
    // Where outputs follow their inputs through memory, the last ones lie lowest.
    std::ranges::reverse(order);
    try_order(order);
    const auto try_sorted = [&](const auto& key) {
      std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(key(tensor(i)), i); });
      try_order(order);
    };
    // From the lowest up as IREE has them: then none comes to lie higher than there.
    try_sorted([](const Tensor& tensor) { return std::pair(tensor.buffer, tensor.offset); });
    try_sorted([](const Tensor& tensor) { return ~tensor.size; });
    try_sorted([](const Tensor& tensor) { return tensor.first_step - tensor.last_step; });
    try_sorted([](const Tensor& tensor) { return tensor.first_step; });
    try_sorted([](const Tensor& tensor) { return -tensor.first_step; });
    if (free_.size() <= kMostForAllOrders) {
      try_all(0, fixed_end_);
    } else if (free_.size() <= kMostForExchanges) {
      exchange();
    }
    return std::move(best_);
  }

 private:
  struct Neighbour {
    std::size_t other;
    std::vector<const Overlap*> overlaps;
    const Apart* apart;
  };

  [[nodiscard]] const Tensor& tensor(std::size_t i) const { return packing_.tensors[i]; }
  [[nodiscard]] bool is_done() const { return best_.arena_bytes <= enough_; }

  // The lowest offset from `at` on that one neighbour leaves free.
  [[nodiscard]] std::uint64_t free_from(std::size_t current, const Neighbour& neighbour,
                                        std::uint64_t at) const {
    const std::uint64_t size = tensor(current).size;
    const std::uint64_t alignment = tensor(current).alignment;
    if (neighbour.apart != nullptr) return free_from(current, neighbour, *neighbour.apart, at);
    const std::uint64_t begin = offsets_[neighbour.other];
    const std::uint64_t end = begin + tensor(neighbour.other).size;
    if (at + size <= begin || at >= end) return at;
    const std::uint64_t behind = round_up(end, alignment);
    if (neighbour.overlaps.empty()) return behind;
    const bool is_input = static_cast<std::size_t>(neighbour.overlaps[0]->input) == current;
    const auto holds = [&](std::uint64_t place) {
      return std::ranges::all_of(neighbour.overlaps, [&](const Overlap* overlap) {
        return overlap->allows(static_cast<std::int64_t>(is_input ? place - begin : begin - place));
      });
    };
    std::uint64_t exact = behind;
    std::uint64_t tries = 1;
    for (const Overlap* overlap : neighbour.overlaps) {
      tries *= static_cast<std::uint64_t>(overlap->modulus);
      const std::int64_t lowest = static_cast<std::int64_t>(begin) + overlap->lead;
      const std::uint64_t place = is_input ? begin + static_cast<std::uint64_t>(overlap->exactly)
                                           : begin - static_cast<std::uint64_t>(overlap->exactly);
      if (place >= at && place < exact && place % alignment == 0 && holds(place)) exact = place;
      if (is_input && lowest > static_cast<std::int64_t>(at))
        at = round_up(static_cast<std::uint64_t>(lowest), alignment);
    }
    for (std::uint64_t i = 0; i < tries && at < exact; ++i, at += alignment) {
      if (holds(at)) return at;
    }
    return exact;
  }

  [[nodiscard]] std::uint64_t free_from(std::size_t current, const Neighbour& neighbour,
                                        const Apart& apart, std::uint64_t at) const {
    const auto begin = static_cast<std::int64_t>(offsets_[neighbour.other]);
    const bool is_first = static_cast<std::size_t>(apart.first) == current;
    for (;;) {
      const auto place = static_cast<std::int64_t>(at);
      const std::int64_t difference = is_first ? place - begin : begin - place;
      const auto next = std::ranges::lower_bound(apart.forbidden, difference, {},
                                                 [](const auto& range) { return range.second; });
      if (next == apart.forbidden.end() || next->first > difference) return at;
      const std::int64_t farther = is_first ? begin + next->second + 1 : begin - next->first + 1;
      at = round_up(static_cast<std::uint64_t>(farther), tensor(current).alignment);
    }
  }

  std::uint64_t put_lowest(std::size_t current) {
    std::uint64_t at = 0;
    for (bool moved = true; moved;) {
      moved = false;
      for (const Neighbour& neighbour : neighbours_[current]) {
        if (!placed_[neighbour.other]) continue;
        const std::uint64_t next = free_from(current, neighbour, at);
        moved = moved || next != at;
        at = next;
      }
    }
    placed_[current] = true;
    offsets_[current] = at;
    return at + tensor(current).size;
  }

  void keep(std::uint64_t arena_bytes, const Order& order) {
    if (arena_bytes > best_.arena_bytes) return;
    best_ = {offsets_, arena_bytes};
    best_order_ = order;
  }

  void try_order(const Order& order) {
    if (is_done()) return;
    for (const std::size_t i : order) placed_[i] = false;
    std::uint64_t end = fixed_end_;
    for (const std::size_t i : order) {
      end = std::max(end, put_lowest(i));
      if (end > best_.arena_bytes) break;
    }
    keep(end, order);
    for (const std::size_t i : order) placed_[i] = false;
  }

  // All orders that begin with the tensors placed so far.
  void try_all(std::size_t count, std::uint64_t end) {
    if (end >= best_.arena_bytes || is_done()) return;
    if (count == free_.size()) return keep(end, best_order_);
    for (const std::size_t i : free_) {
      if (placed_[i]) continue;
      const std::uint64_t with = std::max(end, put_lowest(i));
      try_all(count + 1, with);
      placed_[i] = false;
    }
  }

  void exchange() {
    std::mt19937 random(1);  // fixed: the same model gives the same arena
    for (int i = 0; i < kExchanges && !is_done(); ++i) {
      Order candidate = best_order_;
      const std::size_t from = random() % candidate.size();
      const std::size_t to = random() % candidate.size();
      if (random() % 2 == 0) {
        std::swap(candidate[from], candidate[to]);
      } else {  // one goes before or behind others, which keep their order
        const std::size_t moved = candidate[from];
        candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(from));
        candidate.insert(candidate.begin() + static_cast<std::ptrdiff_t>(to), moved);
      }
      try_order(candidate);
    }
  }

  const Packing& packing_;
  std::uint64_t enough_;
  std::vector<std::vector<Neighbour>> neighbours_;
  std::vector<std::uint64_t> offsets_;
  std::vector<bool> placed_;
  Order free_;
  std::uint64_t fixed_end_ = 0;
  Placement best_;
  Order best_order_;
};

}  // namespace

void keep_pairs(const Packing& packing, const std::vector<int>& numbers, Packing& part) {
  const auto renumber = [&](int& tensor) {
    return tensor = numbers[static_cast<std::size_t>(tensor)];
  };
  for (Overlap overlap : packing.overlaps) {
    const bool is_in = renumber(overlap.input) >= 0;
    if (renumber(overlap.output) >= 0 && is_in) part.overlaps.push_back(overlap);
  }
  for (const Apart& apart : packing.aparts) {
    if (numbers[static_cast<std::size_t>(apart.first)] < 0) continue;
    if (numbers[static_cast<std::size_t>(apart.second)] < 0) continue;
    part.aparts.push_back(apart);
    renumber(part.aparts.back().first);
    renumber(part.aparts.back().second);
  }
}

namespace {

// What is alive at one step, as a packing of its own; lives are cut to that step.
Packing at_step(const Packing& packing, int step) {
  Packing result;
  std::vector<int> numbers(packing.tensors.size(), -1);
  for (std::size_t i = 0; i < packing.tensors.size(); ++i) {
    const Tensor& tensor = packing.tensors[i];
    if (tensor.first_step > step || tensor.last_step < step || tensor.size == 0) continue;
    numbers[i] = static_cast<int>(result.tensors.size());
    result.tensors.push_back(tensor);
    result.tensors.back().first_step = result.tensors.back().last_step = step;
  }
  keep_pairs(packing, numbers, result);
  return result;
}

}  // namespace

std::uint64_t bytes_at_step(const Packing& packing, int step, std::uint64_t enough) {
  const Packing all = at_step(packing, step);
  if (all.tensors.size() <= kMostForAllOrders) return place(all, enough).arena_bytes;
  // Only tensors that may share memory have to be placed; all others lie one behind the other.
  std::set<int> sharing;
  for (const Overlap& overlap : all.overlaps) sharing.insert({overlap.input, overlap.output});
  for (const Apart& apart : all.aparts) sharing.insert({apart.first, apart.second});
  Packing part;
  std::vector<int> numbers(all.tensors.size(), -1);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < all.tensors.size(); ++i) {
    const Tensor& tensor = all.tensors[i];
    if (!sharing.contains(static_cast<int>(i))) {
      bytes += round_up(tensor.size, tensor.alignment);
      continue;
    }
    numbers[i] = static_cast<int>(part.tensors.size());
    part.tensors.push_back(tensor);
  }
  keep_pairs(all, numbers, part);
  return bytes + place(part, enough - std::min(enough, bytes)).arena_bytes;
}

std::uint64_t lower_bound(const Packing& packing) {
  std::uint64_t most = 0;
  std::set<int> steps;  // the live set only grows where a tensor begins
  for (const Tensor& tensor : packing.tensors) steps.insert(tensor.first_step);
  for (const int step : steps) most = std::max(most, bytes_at_step(packing, step, most));
  return most;
}

Placement place(const Packing& packing, std::uint64_t enough) {
  return Packer(packing, enough).run();
}

}  // namespace thimble::plan
