// The tables of the report.
#pragma once

#include <optional>
#include <string>

#include "compiler/zoo/results.h"
#include "compiler/zoo/table.h"

namespace thimble::zoo {

/// A row a model: size, speed and accuracy.
[[nodiscard]] Table overview(const Results& results);

/// The firmware that a model is judged by: for size, executed in place where a board does that.
[[nodiscard]] std::optional<std::size_t> smallest(const Results& results, const std::string& model);

/// Those of the models that the field report was about.
[[nodiscard]] std::vector<std::string> published_models(const Results& results);

/// The published field report's figures beside ours; only of models that are there.
[[nodiscard]] Table field_report(const Results& results);

/// What else the field report asked, of one model: layouts, places of weights, optimization,
/// signedness, hard float, vectors.
[[nodiscard]] Table field_questions(const Results& results, const std::string& model);

/// A row each of a model's results: sections, flash, RAM, instructions.
[[nodiscard]] Table options_table(const Results& results, const std::string& model);

/// Which routines of libgcc the linker had to bring for each kind of code.
[[nodiscard]] Table soft_float_table(const Results& results, const std::string& model);

/// What failed, and why. No rows if nothing did.
[[nodiscard]] Table failures_table(const Results& results);

/// A line a result, with names of the columns in the first.
[[nodiscard]] std::string to_csv(const Results& results);

}  // namespace thimble::zoo
