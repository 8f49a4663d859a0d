// A shell on the console: lines are typed, commands answer. It is a task's work:
//
//     constexpr shell::Command kCommands[] = {{"play", "plays the clips", play}};
//     void serve(void*) { shell::serve(kCommands); }
//
// Besides the application's commands it knows
//
//     help             all commands
//     ps               tasks: state, time, switches, stack (if THIMBLE_STATISTICS is on)
//     mem              where code, constants, variables and stacks are
//     models           the models of this firmware
//     run MODEL [SEED] runs one on inputs made from a number; needs an arena
//     trace            sends what happened last to the host (if there is a trace)
//     reboot, quit     resets the machine, ends the program
#pragma once

#include <cstddef>
#include <span>

#include "kernel/mutex.h"
#include "shell/parse/words.h"

namespace thimble::shell {

/// A command. The console is held while it runs, so that it must not take it itself; but for one
/// that `waits`.
struct Command {
  const char* name;
  const char* help;
  void (*run)(Arguments arguments);
  bool waits = false;
};

/// Memory that models may run in, and who may use it when.
struct Arena {
  kernel::Mutex* mutex = nullptr;
  std::span<std::byte> bytes = {};
};

/// What the host waits for before it types.
inline constexpr const char* kPrompt = "> ";

/// Takes the UART over, reads lines from it and runs commands, for ever. For one task; `run`
/// computes on that task's stack.
[[noreturn]] void serve(std::span<const Command> commands, Arena arena = {});

}  // namespace thimble::shell
