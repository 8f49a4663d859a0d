// Running iree-compile: a TOSA program in, a static object and a schedule out.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/isa/isa.h"

namespace thimble::iree {

/// What a generated function does with one of its bindings. The numbers are IREE's.
enum class Access { kRead = 1, kWrite = 2, kReadWrite = 3 };
using AccessMap = std::map<std::string, std::vector<Access>>;

struct Compiled {
  std::filesystem::path object;    ///< relocatable: the generated functions, soft-float undefined
  std::filesystem::path schedule;  ///< .vmfb: start-up, entry function and constants
  AccessMap accesses;              ///< of each generated function, by its name
};

/// Compiles `program` (MLIR text, TOSA) for `isa` into `folder`. `name` becomes the prefix of
/// generated symbols. An operation that IREE refuses is named (kBadModel).
[[nodiscard]] Result<Compiled> compile(std::string_view program, const std::string& name,
                                       const Isa& isa, const std::filesystem::path& folder);

/// Reads the access information of a program in the phase "executable-sources", generic form.
[[nodiscard]] Result<AccessMap> read_accesses(std::string_view text, std::string_view origin);

}  // namespace thimble::iree
