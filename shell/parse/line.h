// A line of text as it is typed: characters in, what to echo and whole lines out.
#pragma once

#include <cstddef>
#include <string_view>

namespace thimble::shell {

/// Collects characters until a line ends. Backspace takes back, control-C forgets, control
/// characters are ignored, what is too long is not taken. CR, LF and CR LF end a line.
class Line {
 public:
  static constexpr std::size_t kMostCharacters = 79;

  /// What the terminal shall show, and whether the line is complete.
  struct Step {
    std::string_view echo;
    bool complete;
  };

  /// Takes a character. The echo is valid until the next call.
  Step add(char character);

  /// The line, terminated by 0, for words to be cut out of. It is complete, and forgotten with the
  /// next character.
  [[nodiscard]] char* text() { return text_; }

 private:
  char text_[kMostCharacters + 1] = {};
  std::size_t length_ = 0;
  char echo_ = 0;
  bool after_return_ = false;
};

}  // namespace thimble::shell
