// Whole-file reading and writing. A file is written whole or not at all: under another name first,
// then renamed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"

namespace thimble {

using Bytes = std::vector<std::uint8_t>;

/// Reads a whole file. An unreadable one is kUsage: the user named it.
[[nodiscard]] Result<Bytes> read_file(const std::filesystem::path& path);
[[nodiscard]] Result<std::string> read_text(const std::filesystem::path& path);

/// Replaces `path` by `content` atomically; parent folders are made.
[[nodiscard]] Status write_file(const std::filesystem::path& path,
                                std::span<const std::uint8_t> content);
[[nodiscard]] Status write_text(const std::filesystem::path& path, std::string_view content);

/// A new, empty folder that is removed, with all in it, when the object goes.
class TemporaryFolder {
 public:
  /// Made beside `neighbour` so that files can be renamed out of it.
  [[nodiscard]] static Result<TemporaryFolder> make(const std::filesystem::path& neighbour);
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// 64-bit content hash (FNV-1a): names cache entries; not for security.
[[nodiscard]] std::uint64_t content_hash(std::span<const std::uint8_t> bytes,
                                         std::uint64_t seed = 0xcbf29ce484222325u);

}  // namespace thimble
