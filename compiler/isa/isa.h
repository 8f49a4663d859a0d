// An RV32 instruction set by its name, and what each tool calls it.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"

namespace thimble {

/// "rv32imac", "rv32imafc", "rv32imacv", ...
class Isa {
 public:
  /// The letters after "rv32i" must be among m, a, f, d, c, v, in that order, with m. kUsage
  /// otherwise.
  [[nodiscard]] static Result<Isa> parse(std::string_view name);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool has(char extension) const;
  /// "ilp32", "ilp32f" or "ilp32d": floats travel in registers where there are registers for them.
  /// With vectors alone they don't, as the name promises no more.
  [[nodiscard]] std::string_view abi() const;
  /// LLVM's list of features: "+m,+a,+c".
  [[nodiscard]] std::string features() const;
  /// The nearest set that GNU's multilibs (libgcc) know: no vectors, and atomics where only that
  /// exists.
  [[nodiscard]] std::string multilib() const;

 private:
  explicit Isa(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

}  // namespace thimble
