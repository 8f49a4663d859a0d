// See arena_contents.h.
#include "compiler/plan/arena_contents.h"

#include <algorithm>

namespace thimble::plan {

ArenaContents::ArenaContents(const Plan& plan) : arena_(plan.arena_bytes) {
  for (const PlannedTensor& tensor : plan.tensors) known_.emplace_back(tensor.bytes, false);
}

Status ArenaContents::read(const std::string& name, const Binding& binding) const {
  if (!binding.in_arena) return {};
  TRY(is_inside(name, binding));
  const auto& known = known_[static_cast<std::size_t>(binding.tensor)];
  for (std::uint64_t i = 0; i < binding.length; ++i) {
    const std::uint64_t byte = binding.tensor_offset + i;
    if (!known[byte]) continue;  // parts may be read that nobody has written
    const Content& content = arena_[binding.offset + i];
    if (content.tensor == binding.tensor && content.byte == byte) continue;
    return fail(ExitCode::kToolFailed,
                "memory plan: {} reads byte {} of tensor {}, where a byte of tensor {} is", name,
                byte, binding.tensor, content.tensor);
  }
  return {};
}

Status ArenaContents::read_written(const std::string& name, const Binding& binding) const {
  const auto& known = known_[static_cast<std::size_t>(binding.tensor)];
  for (std::uint64_t i = 0; i < binding.length; ++i) {
    if (known[binding.tensor_offset + i]) continue;
    return fail(ExitCode::kToolFailed,
                "memory plan: {} reads byte {} of tensor {} before it is written", name,
                binding.tensor_offset + i, binding.tensor);
  }
  return read(name, binding);
}

Status ArenaContents::write(const std::string& name, const Binding& binding) {
  TRY(is_inside(name, binding));
  auto& known = known_[static_cast<std::size_t>(binding.tensor)];
  for (std::uint64_t i = 0; i < binding.length; ++i) {
    arena_[binding.offset + i] = {binding.tensor, binding.tensor_offset + i};
    known[binding.tensor_offset + i] = true;
  }
  return {};
}

Status ArenaContents::copy(const std::string& name, const Binding& source, const Binding& target) {
  TRY(read(name, source));
  std::vector<bool> known(target.length, true);
  if (source.in_arena && source.tensor == target.tensor) {  // a move: what was unknown stays so
    const auto& whole = known_[static_cast<std::size_t>(source.tensor)];
    std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(source.tensor_offset), source.length,
                known.begin());
  }
  TRY(write(name, target));
  std::copy(known.begin(), known.end(),
            known_[static_cast<std::size_t>(target.tensor)].begin() +
                static_cast<std::ptrdiff_t>(target.tensor_offset));
  return {};
}

Status ArenaContents::is_inside(const std::string& name, const Binding& binding) const {
  if (binding.in_arena && binding.length <= arena_.size() &&
      binding.offset <= arena_.size() - binding.length)
    return {};
  return fail(ExitCode::kToolFailed, "memory plan: {} goes beyond the arena", name);
}

}  // namespace thimble::plan
