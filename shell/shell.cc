// See shell.h.
#include "shell/shell.h"

#include <cstring>

#include "drivers/console.h"
#include "drivers/uart.h"
#include "kernel/print.h"
#include "shell/commands.h"
#include "shell/parse/line.h"
#include "shell/print.h"

namespace thimble::shell {
namespace {

constexpr unsigned kNameWidth = 10;

char read() {
  std::byte byte;
  while (console::read({&byte, 1}) == 0) {
  }
  return static_cast<char>(byte);
}

void print_help(std::span<const Command> commands) {
  for (const Command& command : commands) {
    print_left(command.name, kNameWidth);
    kernel::print(command.help);
    kernel::print("\n");
  }
}

const Command* find(std::span<const Command> commands, const char* name) {
  for (const Command& command : commands) {
    if (std::strcmp(command.name, name) == 0) return &command;
  }
  return nullptr;
}

void execute(const Command& command, Arguments arguments) {
  if (command.waits) {
    command.run(arguments);
    return;
  }
  const kernel::MutexLock lock(console_mutex);
  command.run(arguments);
}

void execute(char* line, std::span<const Command> commands) {
  const Words words(line);
  if (words.all().empty()) return;
  const char* const name = words.all()[0];
  const Command* command = find(commands, name);
  if (command == nullptr) command = find(own_commands(), name);
  if (command != nullptr) return execute(*command, words.all().subspan(1));
  const kernel::MutexLock lock(console_mutex);
  if (std::strcmp(name, "help") == 0) {
    print_help(commands);
    print_help(own_commands());
    return;
  }
  kernel::print(name);
  kernel::print(": no such command; help lists them\n");
}

}  // namespace

void serve(std::span<const Command> commands, Arena arena) {
  set_arena(arena);
  console::start();
  Line line;
  while (true) {
    {
      const kernel::MutexLock lock(console_mutex);
      kernel::print(kPrompt);
    }
    Line::Step step{};
    while (!step.complete) {
      step = line.add(read());
      const kernel::MutexLock lock(console_mutex);
      uart::write(std::as_bytes(std::span(step.echo)));
    }
    execute(line.text(), commands);
  }
}

}  // namespace thimble::shell
