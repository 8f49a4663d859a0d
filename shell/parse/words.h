// The words of a line, and numbers among them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace thimble::shell {

/// What follows a command's name.
using Arguments = std::span<const char* const>;

/// The words of a line, separated by spaces. What is beyond the last is dropped: kMost is more than
/// any command wants.
class Words {
 public:
  static constexpr std::size_t kMost = 8;

  /// Ends each word of `line` by a 0 in its place; `line` must live as long.
  explicit Words(char* line);

  [[nodiscard]] Arguments all() const { return {words_, count_}; }

 private:
  const char* words_[kMost] = {};
  std::size_t count_ = 0;
};

/// A decimal number below 2^32 and nothing else.
[[nodiscard]] std::optional<std::uint32_t> parse_number(const char* word);

}  // namespace thimble::shell
