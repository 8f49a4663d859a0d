// Keeps calls of the tool that would do the same from doing it at the same time.
#pragma once

#include <filesystem>

namespace thimble {

/// While it lives, others that lock the same path wait. The file goes with the last of them.
class FileLock {
 public:
  explicit FileLock(std::filesystem::path path);
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace thimble
