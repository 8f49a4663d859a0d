// See layout.h. Steps are taken together, from the first on, as long as their tensors can be placed
// within the lower bound; there some of the tensors that live on are moved, and so on.
#include "compiler/plan/layout.h"

#include <algorithm>
#include <optional>

namespace thimble::plan {
namespace {

constexpr int kBeforeAll = -1;           // the step at which inputs begin
constexpr std::size_t kMostCarried = 6;  // of which all subsets are tried

struct Carried {
  int tensor = -1;
  std::uint64_t offset = 0;
};

// Steps that need no moves in between.
struct Stretch {
  int first_step = 0;
  int last_step = 0;
  std::vector<int> tensors;
  Placement placement;
  std::vector<Move> moves;  // before it

  // Of one of its tensors.
  [[nodiscard]] std::uint64_t offset(int tensor) const {
    const auto found = std::ranges::find(tensors, tensor);
    return placement.offsets[static_cast<std::size_t>(found - tensors.begin())];
  }
};

class Mover {
 public:
  Mover(const Packing& packing, int steps, std::uint64_t arena_bytes)
      : packing_(packing), steps_(steps), arena_bytes_(arena_bytes) {}

  std::optional<Layout> run() {
    Layout layout;
    layout.stays.resize(packing_.tensors.size());
    std::vector<Carried> carried;
    for (int step = kBeforeAll; step <= steps_;) {
      const std::optional<Stretch> stretch = longest(step, carried);
      if (!stretch) return std::nullopt;
      layout.moves.insert(layout.moves.end(), stretch->moves.begin(), stretch->moves.end());
      layout.arena_bytes = std::max(layout.arena_bytes, stretch->placement.arena_bytes);
      carried.clear();
      for (std::size_t i = 0; i < stretch->tensors.size(); ++i) {
        const int number = stretch->tensors[i];
        const Tensor& tensor = this->tensor(number);
        const std::uint64_t offset = stretch->placement.offsets[i];
        layout.stays[static_cast<std::size_t>(number)].push_back(
            {std::max(tensor.first_step, stretch->first_step),
             std::min(tensor.last_step, stretch->last_step), offset});
        if (tensor.last_step > stretch->last_step) carried.push_back({number, offset});
      }
      step = stretch->last_step + 1;
    }
    return layout;
  }

 private:
  [[nodiscard]] const Tensor& tensor(int number) const {
    return packing_.tensors[static_cast<std::size_t>(number)];
  }

  // The stretch from a step on that reaches farthest, and of these the one that moves the least.
  [[nodiscard]] std::optional<Stretch> longest(int first_step,
                                               const std::vector<Carried>& carried) const {
    std::optional<Stretch> best;
    for (const std::uint32_t moved : subsets(carried)) {
      std::vector<Carried> fixed;
      for (std::size_t i = 0; i < carried.size(); ++i) {
        if (((moved >> i) & 1U) == 0) fixed.push_back(carried[i]);
      }
      int last = best ? best->last_step + 1 : first_step;
      for (; last <= steps_; ++last) {
        std::optional<Stretch> stretch = try_stretch(first_step, last, carried, fixed);
        if (!stretch) break;
        best = std::move(stretch);
      }
    }
    return best;
  }

  // Which of the carried tensors to move, fewest bytes first.
  [[nodiscard]] std::vector<std::uint32_t> subsets(const std::vector<Carried>& carried) const {
    const std::uint32_t all = (1U << std::min<std::size_t>(carried.size(), 31)) - 1;
    if (carried.size() > kMostCarried) return {0, all};
    std::vector<std::uint32_t> result;
    for (std::uint32_t set = 0; set <= all; ++set) result.push_back(set);
    std::ranges::sort(result, {}, [&](std::uint32_t set) {
      std::uint64_t bytes = 0;
      for (std::size_t i = 0; i < carried.size(); ++i) {
        if (((set >> i) & 1U) != 0) bytes += tensor(carried[i].tensor).size;
      }
      return std::pair(bytes, set);
    });
    return result;
  }

  [[nodiscard]] std::optional<Stretch> try_stretch(int first, int last,
                                                   const std::vector<Carried>& carried,
                                                   const std::vector<Carried>& fixed) const {
    Stretch stretch{first, last, {}, {}, {}};
    Packing part;
    std::vector<int> numbers(packing_.tensors.size(), -1);
    for (std::size_t i = 0; i < packing_.tensors.size(); ++i) {
      Tensor piece = packing_.tensors[i];
      if (piece.last_step < first || piece.first_step > last) continue;
      piece.first_step = std::max(piece.first_step, first);
      piece.last_step = std::min(piece.last_step, last);
      numbers[i] = static_cast<int>(stretch.tensors.size());
      stretch.tensors.push_back(static_cast<int>(i));
      part.tensors.push_back(piece);
      const auto held =
          std::ranges::find(fixed, static_cast<int>(i), [](const Carried& c) { return c.tensor; });
      part.fixed.push_back(held == fixed.end() ? std::nullopt : std::optional(held->offset));
    }
    keep_pairs(packing_, numbers, part);
    stretch.placement = place(part, arena_bytes_);
    if (stretch.placement.arena_bytes > arena_bytes_) return std::nullopt;
    std::vector<Move> moves;
    for (const Carried& from : carried) {
      const std::uint64_t to = stretch.offset(from.tensor);
      if (to != from.offset) moves.push_back({first, from.tensor, from.offset, to});
    }
    if (!order_moves(moves, carried)) return std::nullopt;
    stretch.moves = std::move(moves);
    return stretch;
  }

  // In an order in which none overwrites what is yet to be moved, if there is one.
  [[nodiscard]] bool order_moves(std::vector<Move>& moves,
                                 const std::vector<Carried>& carried) const {
    std::vector<Move> ordered;
    std::vector<Carried> now = carried;
    while (!moves.empty()) {
      const auto next = std::ranges::find_if(moves, [&](const Move& move) {
        return std::ranges::none_of(now, [&](const Carried& other) {
          return other.tensor != move.tensor &&
                 move.to < other.offset + tensor(other.tensor).size &&
                 other.offset < move.to + tensor(move.tensor).size;
        });
      });
      if (next == moves.end()) return false;
      for (Carried& place : now) {
        if (place.tensor == next->tensor) place.offset = next->to;
      }
      ordered.push_back(*next);
      moves.erase(next);
    }
    moves = std::move(ordered);
    return true;
  }

  const Packing& packing_;
  int steps_;
  std::uint64_t arena_bytes_;
};

}  // namespace

std::uint64_t Layout::offset(int tensor, int step) const {
  const auto& list = stays[static_cast<std::size_t>(tensor)];
  const auto stay = std::ranges::find_if(
      list, [&](const Stay& s) { return s.first_step <= step && step <= s.last_step; });
  return stay->offset;
}

Layout lay_out(const Packing& packing, int steps) {
  const std::uint64_t least = lower_bound(packing);
  Placement whole = place(packing, least);
  if (whole.arena_bytes > least) {
    if (auto moving = Mover(packing, steps, least).run()) {
      moving->lower_bound = least;
      return *std::move(moving);
    }
    // Of many tensors a good placement may be missed because more of them are allowed.
    Placement apart = place({packing.tensors, {}, {}, packing.aparts}, least);
    if (apart.arena_bytes < whole.arena_bytes) whole = std::move(apart);
  }
  Layout layout;
  layout.arena_bytes = whole.arena_bytes;
  layout.lower_bound = least;
  for (std::size_t i = 0; i < packing.tensors.size(); ++i) {
    const Tensor& tensor = packing.tensors[i];
    layout.stays.push_back({{tensor.first_step, tensor.last_step, whole.offsets[i]}});
  }
  return layout;
}

}  // namespace thimble::plan
