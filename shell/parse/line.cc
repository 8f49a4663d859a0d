// See line.h.
#include "shell/parse/line.h"

namespace thimble::shell {

Line::Step Line::add(char character) {
  constexpr char kInterrupt = 3;
  constexpr char kBackspace = 8;
  constexpr char kDelete = 127;
  const bool second_half = character == '\n' && after_return_;
  after_return_ = character == '\r';
  if (second_half) return {{}, false};
  switch (character) {
    case '\r':
    case '\n':
      text_[length_] = 0;
      length_ = 0;
      return {"\r\n", true};
    case kInterrupt:
      text_[0] = 0;
      length_ = 0;
      return {"^C\r\n", true};
    case kBackspace:
    case kDelete:
      if (length_ == 0) return {{}, false};
      --length_;
      return {"\b \b", false};
    default:
      break;
  }
  if (character < ' ' || character > '~' || length_ == kMostCharacters) return {{}, false};
  text_[length_++] = character;
  echo_ = character;
  return {{&echo_, 1}, false};
}

}  // namespace thimble::shell
