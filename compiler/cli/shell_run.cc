// See shell_run.h.
#include "compiler/cli/shell_run.h"

#include <unistd.h>

#include <array>
#include <cstdio>

#include "compiler/simulate/qemu.h"

namespace thimble::cli {
namespace {

constexpr std::string_view kPrompt = "\n> ";  // shell/shell.h
constexpr int kSilenceSeconds = 120;

void show(std::string_view text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

Result<std::string> read_line() {
  std::array<char, 256> buffer;
  const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  return std::string(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
}

// The terminal sends whole lines, as it is not set to raw.
Status converse(Session& session) {
  while (true) {
    ASSIGN_OR_RETURN(const std::string line, read_line());
    if (line.empty()) return {};
    TRY(session.type(line));
    if (line == "quit\n") return {};
    TRY(session.wait_for(kPrompt));
  }
}

Status follow(Qemu& qemu, const ShellScript& script, ShellRun& run) {
  Session& session = qemu.session();
  TRY(session.wait_for(kPrompt));
  for (const std::string& line : script.lines) {
    TRY(session.type(line + "\r"));
    if (line == "quit") {
      ASSIGN_OR_RETURN(run.text, qemu.run_to_end());
      return {};
    }
    TRY(session.wait_for(kPrompt));
  }
  if (script.fetch_trace) {
    TRY(session.type("trace\r"));
    TRY(session.wait_for(kPrompt));
    const auto& frame = session.last_frame();
    if (!frame || frame->type != protocol::MessageType::kTrace)
      return fail(ExitCode::kToolFailed, "the target sent no trace; its last words: {}",
                  session.log().substr(session.log().size() -
                                       std::min<std::size_t>(session.log().size(), 200)));
    run.trace = frame->payload;
  }
  if (script.interactive) TRY(converse(session));
  run.text = session.log();
  return {};
}

}  // namespace

Result<ShellRun> run_at_shell(const Board& board, const std::filesystem::path& elf,
                              const ShellScript& script) {
  ASSIGN_OR_RETURN(Qemu qemu, Qemu::start(board, elf, script.shift));
  qemu.session().set_timeout(kSilenceSeconds);
  qemu.session().set_listener(show);
  ShellRun run;
  TRY(follow(qemu, script, run));
  if (!run.text.ends_with('\n')) fmt::print("\n");
  return run;
}

}  // namespace thimble::cli
