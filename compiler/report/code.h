// Functions of linked code, told by following their instructions: how deep each moves the stack
// pointer, what it calls at which depth, and what addresses it forms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/report/elf.h"

namespace thimble {

/// A call or a jump into another function.
struct Call {
  std::optional<std::uint32_t> target;  ///< address; none: through a register
  std::uint32_t depth;                  ///< bytes of stack below the caller's entry when it is made
};

struct Function {
  std::string name;
  std::uint32_t address;
  std::uint32_t size;
  std::uint32_t depth = 0;  ///< the largest, bytes below its entry's stack pointer
  bool constant = true;     ///< false: the stack pointer moves by what only the run decides
  std::vector<Call> calls{};
  std::vector<std::uint32_t> references{};  ///< addresses in the image that it forms or accesses
};

/// All functions of the executable sections, by address. `vector_bytes`: length of a vector
/// register, for frames that hold some. An unsized label of assembly is a function up to the next
/// one.
[[nodiscard]] std::vector<Function> analyze_code(const ElfFile& elf,
                                                 std::uint32_t vector_bytes = 16);

/// The function that holds `address`, or null. `functions` as analyze_code gives them.
[[nodiscard]] const Function* function_at(const std::vector<Function>& functions,
                                          std::uint32_t address);

}  // namespace thimble
