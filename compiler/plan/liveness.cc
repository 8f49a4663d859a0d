// See liveness.h.
#include "compiler/plan/liveness.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace thimble::plan {
namespace {

using iree::Access;
using iree::BufferKind;
using iree::Range;

// Definitions, joined into tensors by what is read together (union-find).
class Definitions {
 public:
  explicit Definitions(const iree::Trace& trace) : trace_(trace), reaching_(trace.buffers.size()) {}

  // What steps use from now on lies at multiples of this.
  void set_alignment(std::uint64_t alignment) { alignment_ = alignment; }

  // A step brings new content: earlier content of these bytes ends here.
  int write(const Range& range, int step) {
    const int definition = add(range, step);
    cover(range, definition);
    return definition;
  }

  // A step reads content: all definitions that reach it are one tensor. Bytes never written are
  // read, too.
  int read(const Range& range, int step) {
    const int definition = add(range, step);
    for (const auto& [start, piece] : reaching_[index(range)]) {
      if (start < range.offset + range.length && piece.end > range.offset)
        join(definition, piece.definition);
    }
    return definition;
  }

  // A step changes content in place.
  int update(const Range& range, int step) {
    const int definition = read(range, step);
    cover(range, definition);
    return definition;
  }

  [[nodiscard]] bool is_constant(const Range& range) const {
    return trace_.buffers[index(range)].kind == BufferKind::kConstant;
  }

  int root(int definition) {
    while (parents_[at(definition)] != definition)
      definition = parents_[at(definition)] = parents_[at(parents_[at(definition)])];
    return definition;
  }
  [[nodiscard]] const Tensor& tensor(int root_definition) const {
    return tensors_[at(root_definition)];
  }
  [[nodiscard]] int count() const { return static_cast<int>(tensors_.size()); }

 private:
  struct Piece {
    std::uint64_t end;
    int definition;
  };

  static std::size_t at(int number) { return static_cast<std::size_t>(number); }
  static std::size_t index(const Range& range) { return static_cast<std::size_t>(range.buffer); }

  int add(const Range& range, int step) {
    parents_.push_back(count());
    tensors_.push_back({range.buffer, range.offset, range.length, step, step, alignment_});
    return count() - 1;
  }

  void join(int a, int b) {
    a = root(a);
    b = root(b);
    if (a == b) return;
    Tensor& into = tensors_[at(a)];
    const Tensor& other = tensors_[at(b)];
    const std::uint64_t end = std::max(into.offset + into.size, other.offset + other.size);
    into.offset = std::min(into.offset, other.offset);
    into.size = end - into.offset;
    into.first_step = std::min(into.first_step, other.first_step);
    into.last_step = std::max(into.last_step, other.last_step);
    into.alignment = std::max(into.alignment, other.alignment);
    parents_[at(b)] = a;
  }

  // `definition` becomes what later reads of the range see; pieces it cuts keep their rest.
  void cover(const Range& range, int definition) {
    auto& pieces = reaching_[index(range)];
    const std::uint64_t end = range.offset + range.length;
    std::vector<std::pair<std::uint64_t, Piece>> rests;
    for (auto piece = pieces.begin(); piece != pieces.end();) {
      const auto [start, old] = *piece;
      if (start >= end || old.end <= range.offset) {
        ++piece;
        continue;
      }
      if (start < range.offset) rests.push_back({start, {range.offset, old.definition}});
      if (old.end > end) rests.push_back({end, old});
      piece = pieces.erase(piece);
    }
    for (const auto& [start, rest] : rests) pieces[start] = rest;
    if (range.length > 0) pieces[range.offset] = {end, definition};
  }

  const iree::Trace& trace_;
  std::uint64_t alignment_ = kWordAlignment;
  std::vector<std::map<std::uint64_t, Piece>> reaching_;  // by buffer, by first byte
  std::vector<int> parents_;
  std::vector<Tensor> tensors_;
};

std::vector<Access> accesses_of(const iree::Step& step, const iree::AccessMap& map) {
  if (std::holds_alternative<iree::FillStep>(step)) return {Access::kWrite};
  if (std::holds_alternative<iree::CopyStep>(step)) return {Access::kWrite, Access::kRead};
  const auto& dispatch = std::get<iree::DispatchStep>(step);
  const auto known = map.find(dispatch.function);
  if (known != map.end() && known->second.size() == dispatch.bindings.size()) return known->second;
  return std::vector<Access>(dispatch.bindings.size(), Access::kReadWrite);
}

// Starts a tensor where alignment in its buffer tells alignment in the arena.
Tensor aligned(Tensor tensor) {
  const std::uint64_t excess = tensor.offset % tensor.alignment;
  tensor.offset -= excess;
  tensor.size += excess;
  return tensor;
}

}  // namespace

Liveness analyze(const iree::Trace& trace, const iree::AccessMap& accesses, std::size_t input_count,
                 const std::set<std::string>& microkernels) {
  Definitions definitions(trace);
  Liveness result;
  result.input_tensors.assign(input_count, -1);
  for (std::size_t i = 0; i < trace.buffers.size(); ++i) {
    const iree::Buffer& buffer = trace.buffers[i];
    if (buffer.kind != BufferKind::kInput) continue;
    result.input_tensors[static_cast<std::size_t>(buffer.input)] =
        definitions.write({static_cast<int>(i), 0, buffer.size}, -1);
  }
  for (std::size_t s = 0; s < trace.steps.size(); ++s) {
    const int step = static_cast<int>(s);
    const std::vector<Range> step_ranges = iree::ranges(trace.steps[s]);
    const std::vector<Access> kinds = accesses_of(trace.steps[s], accesses);
    std::vector<int> tensors(step_ranges.size(), -1);
    const auto* dispatch = std::get_if<iree::DispatchStep>(&trace.steps[s]);
    const bool is_generated = dispatch != nullptr && !microkernels.contains(dispatch->function);
    definitions.set_alignment(is_generated ? kAlignment : kWordAlignment);
    // All reads come before all writes, whatever the order of the bindings.
    for (std::size_t i = 0; i < step_ranges.size(); ++i) {
      if (definitions.is_constant(step_ranges[i]) || kinds[i] == Access::kWrite) continue;
      tensors[i] = kinds[i] == Access::kRead ? definitions.read(step_ranges[i], step)
                                             : definitions.update(step_ranges[i], step);
    }
    for (std::size_t i = 0; i < step_ranges.size(); ++i) {
      if (kinds[i] == Access::kWrite) tensors[i] = definitions.write(step_ranges[i], step);
    }
    result.step_tensors.push_back(std::move(tensors));
    result.step_accesses.push_back(kinds);
  }
  definitions.set_alignment(kWordAlignment);
  const int end = static_cast<int>(trace.steps.size());
  for (const Range& output : trace.outputs) {
    result.output_tensors.push_back(
        definitions.is_constant(output) ? -1 : definitions.read(output, end));
  }

  // Number the tensors and translate definitions into them.
  std::map<int, int> numbers;
  const auto number = [&](int& definition) {
    if (definition < 0) return;
    const int root = definitions.root(definition);
    const auto [place, is_new] = numbers.try_emplace(root, static_cast<int>(numbers.size()));
    if (is_new) result.tensors.push_back(aligned(definitions.tensor(root)));
    definition = place->second;
  };
  std::ranges::for_each(result.input_tensors, number);
  for (std::vector<int>& list : result.step_tensors) std::ranges::for_each(list, number);
  std::ranges::for_each(result.output_tensors, number);
  return result;
}

}  // namespace thimble::plan
