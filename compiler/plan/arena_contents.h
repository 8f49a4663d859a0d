// What each byte of a plan's arena holds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/plan/plan.h"

namespace thimble::plan {

/// Which byte of which tensor is where, as a plan runs. What goes wrong is kToolFailed and says
/// who, by `name`, has done it.
class ArenaContents {
 public:
  explicit ArenaContents(const Plan& plan);

  /// Fails if another byte is where one of the binding's should be. What nobody has written may be
  /// read, and so may constants.
  [[nodiscard]] Status read(const std::string& name, const Binding& binding) const;
  /// Fails, too, if a byte of the binding, which is in the arena, has not been written.
  [[nodiscard]] Status read_written(const std::string& name, const Binding& binding) const;
  /// Fails if the binding is not in the arena.
  [[nodiscard]] Status write(const std::string& name, const Binding& binding);
  /// Reads and writes as many bytes. Where a tensor moves, what was not written stays so.
  [[nodiscard]] Status copy(const std::string& name, const Binding& source, const Binding& target);

 private:
  struct Content {
    int tensor = -1;
    std::uint64_t byte = 0;
  };

  [[nodiscard]] Status is_inside(const std::string& name, const Binding& binding) const;

  std::vector<Content> arena_;
  std::vector<std::vector<bool>> known_;  // bytes of tensors that were written
};

}  // namespace thimble::plan
