// How the host tool reports what can go wrong: a Result carries a value or an Error, and an Error
// carries the exit code the command line promises. Bugs are asserts, not Errors.
#pragma once

#include <fmt/format.h>

#include <expected>
#include <string>
#include <utility>

namespace thimble {

/// The exit codes of the command line. Scripts depend on the numbers.
enum class ExitCode : int {
  kDone = 0,
  kToolFailed = 1,    ///< A tool failed, or the target faulted or timed out.
  kUsage = 2,         ///< Wrong usage: unknown board, wrong input size.
  kBadModel = 3,      ///< The model cannot be compiled.
  kDoesNotFit = 4,    ///< The image is larger than the board.
  kResultsDiffer = 5  ///< An output differs from the reference.
};

/// What went wrong: `message` is one line that names the file, the place and the remedy.
struct Error {
  ExitCode code;
  std::string message;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// Makes the failing value of any Result: `return fail(ExitCode::kUsage, "{}: no such board",
/// name);`
template <typename... Args>
[[nodiscard]] std::unexpected<Error> fail(ExitCode code, fmt::format_string<Args...> format,
                                          Args&&... args) {
  return std::unexpected(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace thimble

// NOLINTBEGIN(bugprone-macro-parentheses): `declaration` is one.
// Leaves the function with the error of `expression`, or goes on: the two macros of this code base.
#define THIMBLE_CONCAT_INNER(a, b) a##b
#define THIMBLE_CONCAT(a, b) THIMBLE_CONCAT_INNER(a, b)
#define TRY(expression)                                      \
  do {                                                       \
    if (auto try_status = (expression); !try_status)         \
      return std::unexpected(std::move(try_status).error()); \
  } while (false)
#define ASSIGN_OR_RETURN(declaration, expression)                                     \
  auto THIMBLE_CONCAT(try_result_, __LINE__) = (expression);                          \
  if (!THIMBLE_CONCAT(try_result_, __LINE__))                                         \
    return std::unexpected(std::move(THIMBLE_CONCAT(try_result_, __LINE__)).error()); \
  declaration = *std::move(THIMBLE_CONCAT(try_result_, __LINE__))
// NOLINTEND(bugprone-macro-parentheses)
