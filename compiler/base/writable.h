// Whether something can be written, asked before the work is done that it would be lost with.
#pragma once

#include <filesystem>

#include "compiler/base/result.h"

namespace thimble {

/// kUsage, with the reason, if no file or folder can be made at `path` or replaced there. Leaves
/// nothing behind.
[[nodiscard]] Status check_writable_file(const std::filesystem::path& path);
[[nodiscard]] Status check_writable_folder(const std::filesystem::path& path);

}  // namespace thimble
