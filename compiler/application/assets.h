// Files in the image: what assets.h of an application is made of.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compiler/base/result.h"

namespace thimble {

using Assets = std::map<std::string, std::vector<std::filesystem::path>>;

/// Writes assets.h, assets.cc and assets.S into `folder`, with what they include. A list "clips" is
/// assets::kClips; each asset has its file's name without the ending. Of a .wav its samples are
/// taken, 16 bits each, as the front ends want them.
[[nodiscard]] Status write_assets(const Assets& assets, const std::filesystem::path& folder);

}  // namespace thimble
