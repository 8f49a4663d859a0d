// Reading JSON that people write, with errors that name the file and the key.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/base/result.h"

namespace thimble {

using Json = nlohmann::json;

/// A place in a JSON file, by its path of keys.
struct Place {
  const std::filesystem::path& file;
  std::string key;
  const Json& json;

  [[nodiscard]] std::unexpected<Error> wrong(std::string_view wanted) const {
    return fail(ExitCode::kUsage, "{}: key \"{}\": {}", file.string(), key, wanted);
  }
  /// The value of a key; null if there is none.
  [[nodiscard]] Place at(const std::string& name) const;
  [[nodiscard]] Place at(std::size_t index) const;
};

/// The file, which must hold one object.
[[nodiscard]] Result<Json> read_json_object(const std::filesystem::path& file);

[[nodiscard]] Result<std::string> read_text_at(const Place& place);
[[nodiscard]] Result<std::vector<std::string>> read_texts_at(const Place& place);

/// A number, or a text that holds one, in hexadecimal after 0x: JSON itself has no hexadecimal.
[[nodiscard]] Result<std::uint64_t> read_number_at(const Place& place);

}  // namespace thimble
