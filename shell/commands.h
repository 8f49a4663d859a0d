// The shell's own commands.
#pragma once

#include "shell/shell.h"

namespace thimble::shell {

/// All of them but help.
[[nodiscard]] std::span<const Command> own_commands();

/// What `run` computes in.
void set_arena(Arena arena);

}  // namespace thimble::shell
