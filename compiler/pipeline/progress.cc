// See progress.h.
#include "compiler/pipeline/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace thimble {

Stage::Stage(std::string_view what) : start_(std::chrono::steady_clock::now()) {
  fmt::print(stderr, "  {:<44}", what);
  std::fflush(stderr);
}

Stage::~Stage() {
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start_;
  fmt::print(stderr, "{:6.1f} s\n", taken.count());
}

void show_count(std::string_view what, int done, int total) {
  if (::isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r  {} {} of {}{}", what, done, total, done == total ? "\n" : "");
  std::fflush(stderr);
}

}  // namespace thimble
