// Tells a waiting person what is being done: one line a stage on stderr, with the time it took.
#pragma once

#include <chrono>
#include <string_view>

namespace thimble {

/// A stage lasts as long as the object.
class Stage {
 public:
  explicit Stage(std::string_view what);
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage();

 private:
  std::chrono::steady_clock::time_point start_;
};

/// "done of total" on a terminal, written over itself; nothing elsewhere.
void show_count(std::string_view what, int done, int total);

}  // namespace thimble
