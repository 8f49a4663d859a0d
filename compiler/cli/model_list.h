// The models that a verb works through: the zoo's and those of a further folder.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "compiler/base/result.h"

namespace thimble::cli {

/// Adds --models DIR, with the variable THIMBLE_MODELS for it. Empty if neither is given.
[[nodiscard]] std::shared_ptr<std::string> add_models_option(CLI::App& verb);

/// The zoo's models, then those in `folder`, unless it is empty: each sorted by name. A folder that
/// cannot be read is kUsage.
[[nodiscard]] Result<std::vector<std::filesystem::path>> list_models(const std::string& folder);

/// The models of that list with these names; what it does not know is a path. All of it without
/// names.
[[nodiscard]] Result<std::vector<std::filesystem::path>> choose_models(
    const std::vector<std::string>& names, const std::string& folder);

}  // namespace thimble::cli
