// See writable.h.
#include "compiler/base/writable.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace thimble {
namespace {

namespace fs = std::filesystem;

// Permissions don't tell all, so a folder is made and removed again.
Status check_folder_within(const fs::path& folder, const fs::path& wanted) {
  std::string pattern = (folder / ".thimble-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    return fail(ExitCode::kUsage, "{}: nothing can be written in {}: {}", wanted.string(),
                folder.string(), std::strerror(errno));
  }
  ::rmdir(pattern.c_str());
  return {};
}

Status check_place(const fs::path& path) {
  std::error_code error;
  fs::path nearest = fs::absolute(path, error).parent_path();
  while (!fs::exists(nearest, error) && nearest != nearest.parent_path())
    nearest = nearest.parent_path();
  if (!fs::is_directory(nearest, error)) {
    return fail(ExitCode::kUsage, "{}: {} is a file, not a folder", path.string(),
                nearest.string());
  }
  return check_folder_within(nearest, path);
}

}  // namespace

Status check_writable_file(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return fail(ExitCode::kUsage, "{}: is a folder, a file is wanted", path.string());
  }
  return check_place(path);
}

Status check_writable_folder(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return check_place(path);
  if (!fs::is_directory(path, error)) {
    return fail(ExitCode::kUsage, "{}: is a file, a folder is wanted", path.string());
  }
  return check_folder_within(path, path);
}

}  // namespace thimble
