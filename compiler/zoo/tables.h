// The tables of the report.
#pragma once

#include <string>

#include "compiler/zoo/results.h"
#include "compiler/zoo/table.h"

namespace thimble::zoo {

/// A row a model: size, speed and accuracy.
[[nodiscard]] Table overview(const Results& results);

/// The published field report's figures beside ours; only of models that are there.
[[nodiscard]] Table field_report(const Results& results);

/// A row each of a model's results: sections, flash, RAM, instructions.
[[nodiscard]] Table options_table(const Results& results, const std::string& model);

/// Which routines of libgcc the linker had to bring for each kind of code.
[[nodiscard]] Table soft_float_table(const Results& results, const std::string& model);

/// What failed, and why. No rows if nothing did.
[[nodiscard]] Table failures_table(const Results& results);

/// A line a result, with names of the columns in the first.
[[nodiscard]] std::string to_csv(const Results& results);

}  // namespace thimble::zoo
