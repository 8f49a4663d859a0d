// Running iree-compile: a TOSA program in, a static object and a schedule out.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/isa/isa.h"

namespace thimble::iree {

/// What a generated function does with one of its bindings. The numbers are IREE's.
enum class Access { kRead = 1, kWrite = 2, kReadWrite = 3 };
using AccessMap = std::map<std::string, std::vector<Access>>;

/// The names of the locations of what a generated function computes, by the function's name.
using NameMap = std::map<std::string, std::vector<std::string>>;

struct Compiled {
  std::filesystem::path object;    ///< relocatable: the generated functions, soft-float undefined
  std::filesystem::path schedule;  ///< .vmfb: start-up, entry function and constants
  AccessMap accesses;              ///< of each generated function, by its name
  NameMap names;                   ///< of each generated function
};

/// Elements of a row that generated loops compute at a time; absent: as IREE chooses.
using Width = std::optional<int>;

/// Compiles `program` (MLIR text, TOSA) for `isa` into `folder`. `name` becomes the prefix of
/// generated symbols. Names of locations are followed into the generated functions. An operation
/// that IREE refuses is named (kBadModel).
[[nodiscard]] Result<Compiled> compile(std::string_view program, const std::string& name,
                                       const Isa& isa, const Width& width,
                                       const std::filesystem::path& folder);

/// What a program in the phase "executable-configurations" (generic form) tells about its
/// functions.
struct FunctionNotes {
  AccessMap accesses;
  NameMap names;
};
[[nodiscard]] Result<FunctionNotes> read_notes(std::string_view text, std::string_view origin);

}  // namespace thimble::iree
