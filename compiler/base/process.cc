// See process.h.
#include "compiler/base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

extern char** environ;

namespace thimble {
namespace {

// Reads both pipes until the program has closed them.
void drain(std::array<int, 2> pipes, std::array<std::string*, 2> texts) {
  std::array<pollfd, 2> polls{pollfd{pipes[0], POLLIN, 0}, pollfd{pipes[1], POLLIN, 0}};
  int open_pipes = 2;
  std::array<char, 65536> buffer;
  while (open_pipes > 0) {
    if (::poll(polls.data(), polls.size(), -1) < 0 && errno != EINTR) return;
    for (std::size_t i = 0; i < polls.size(); ++i) {
      if (polls[i].fd < 0 || polls[i].revents == 0) continue;
      const ssize_t count = ::read(polls[i].fd, buffer.data(), buffer.size());
      if (count > 0) {
        texts[i]->append(buffer.data(), static_cast<std::size_t>(count));
      } else if (count == 0 || errno != EINTR) {
        polls[i].fd = -1;
        --open_pipes;
      }
    }
  }
}

std::string last_lines(const std::string& text, int lines) {
  std::size_t start = text.find_last_not_of(" \n\r\t");
  if (start == std::string::npos) return "(it said nothing)";
  const std::size_t end = start + 1;
  for (int i = 0; i < lines && start != std::string::npos && start > 0; ++i) {
    start = text.rfind('\n', start - 1);
  }
  start = start == std::string::npos ? 0 : start;
  return text.substr(start, end - start);
}

// Starts the program with `actions`, which it frees.
Result<pid_t> start(const std::vector<std::string>& command, posix_spawn_file_actions_t& actions) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int error =
      ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return pid;
  return fail(ExitCode::kToolFailed,
              "{}: cannot be started: {}; `./thimble doctor` tells what is missing", command[0],
              std::strerror(error));
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<int> run_visibly(const std::vector<std::string>& command) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, 2, 1);
  ASSIGN_OR_RETURN(const pid_t pid, start(command, actions));
  return wait_for(pid);
}

Result<ProcessOutput> run_process(const std::vector<std::string>& command,
                                  const std::filesystem::path& folder) {
  int out_pipe[2];
  int err_pipe[2];
  if (::pipe2(out_pipe, O_CLOEXEC) != 0 || ::pipe2(err_pipe, O_CLOEXEC) != 0) {
    return fail(ExitCode::kToolFailed, "{}: no pipe: {}", command[0], std::strerror(errno));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out_pipe[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err_pipe[1], 2);
  if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  const Result<pid_t> pid = start(command, actions);
  ::close(out_pipe[1]);
  ::close(err_pipe[1]);
  ProcessOutput output;
  if (pid) drain({out_pipe[0], err_pipe[0]}, {&output.out, &output.err});
  ::close(out_pipe[0]);
  ::close(err_pipe[0]);
  TRY(pid);
  output.exit_code = wait_for(*pid);
  return output;
}

Result<std::string> run_tool(const std::vector<std::string>& command,
                             const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(ProcessOutput output, run_process(command, folder));
  if (output.exit_code != 0) {
    return fail(ExitCode::kToolFailed, "{}: failed with exit code {}: {}", command[0],
                output.exit_code, last_lines(output.err.empty() ? output.out : output.err, 12));
  }
  return std::move(output.out);
}

const std::filesystem::path& source_root() {
  static const std::filesystem::path root = [] {
    const char* from_environment = std::getenv("THIMBLE_ROOT");
    return std::filesystem::path(from_environment != nullptr ? from_environment : THIMBLE_ROOT);
  }();
  return root;
}

std::string python_tool(const std::string& name) {
  const char* folder = std::getenv("THIMBLE_PYTHON_BIN");
  const std::filesystem::path bin = folder != nullptr ? std::filesystem::path(folder)
                                                      : source_root() / "build" / "python" / "bin";
  return (bin / name).string();
}

}  // namespace thimble
