// See file.h.
#include "compiler/base/file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace thimble {
namespace fs = std::filesystem;

Result<std::string> read_text(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return fail(ExitCode::kUsage, "{}: is a folder, a file is wanted", path.string());
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ExitCode::kUsage, "{}: {}", path.string(), std::strerror(errno));
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) return fail(ExitCode::kUsage, "{}: cannot be read", path.string());
  return text;
}

Result<Bytes> read_file(const fs::path& path) {
  ASSIGN_OR_RETURN(const std::string text, read_text(path));
  return Bytes(text.begin(), text.end());
}

Status write_text(const fs::path& path, std::string_view content) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  const fs::path partial = path.string() + fmt::format(".partial-{}", ::getpid());
  std::ofstream out(partial, std::ios::binary | std::ios::trunc);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out) {
    const int code = errno;
    fs::remove(partial, error);
    return fail(ExitCode::kToolFailed, "{}: cannot be written: {}", path.string(),
                std::strerror(code));
  }
  fs::rename(partial, path, error);
  if (error) {
    fs::remove(partial);
    return fail(ExitCode::kToolFailed, "{}: {}", path.string(), error.message());
  }
  return {};
}

Status write_file(const fs::path& path, std::span<const std::uint8_t> content) {
  return write_text(path, {reinterpret_cast<const char*>(content.data()), content.size()});
}

Result<TemporaryFolder> TemporaryFolder::make(const fs::path& neighbour) {
  std::error_code error;
  const fs::path parent = fs::absolute(neighbour).parent_path();
  fs::create_directories(parent, error);
  std::string pattern = (parent / ("." + neighbour.filename().string() + ".XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    return fail(ExitCode::kToolFailed, "{}: cannot make a folder there: {}", parent.string(),
                std::strerror(errno));
  }
  return TemporaryFolder(pattern);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  if (!path_.empty()) fs::remove_all(path_, error);
}

std::uint64_t content_hash(std::span<const std::uint8_t> bytes, std::uint64_t seed) {
  std::uint64_t hash = seed;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3u;
  return hash;
}

}  // namespace thimble
