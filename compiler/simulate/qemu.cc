// See qemu.h.
#include "compiler/simulate/qemu.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "compiler/base/process.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;

// The image of the flash as pflash takes it: raw, at its full size (the padding is a hole).
Result<fs::path> make_flash_image(const fs::path& elf, const fs::path& folder,
                                  std::uint64_t bytes) {
  fs::path image = folder / "flash.img";
  TRY(run_tool({"llvm-objcopy-19", "-O", "binary", elf.string(), image.string()}));
  std::error_code error;
  if (fs::file_size(image, error) > bytes) {
    return fail(ExitCode::kDoesNotFit, "{}: its {} bytes exceed the simulated flash of {}",
                elf.string(), fs::file_size(image, error), bytes);
  }
  fs::resize_file(image, bytes, error);
  if (error) return fail(ExitCode::kToolFailed, "{}: {}", image.string(), error.message());
  return image;
}

struct Child {
  int pid;
  int in;   ///< to read what it says
  int out;  ///< to write to it
};

// Starts `command` with its standard input and output on pipes. It is killed when this thread ends.
Result<Child> start_child(const std::vector<std::string>& command) {
  std::array<int, 2> to_child;
  std::array<int, 2> from_child;
  if (::pipe2(to_child.data(), O_CLOEXEC) != 0) {
    return fail(ExitCode::kToolFailed, "{}: no pipe: {}", command[0], std::strerror(errno));
  }
  if (::pipe2(from_child.data(), O_CLOEXEC) != 0) {
    ::close(to_child[0]);
    ::close(to_child[1]);
    return fail(ExitCode::kToolFailed, "{}: no pipe: {}", command[0], std::strerror(errno));
  }
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    ::dup2(to_child[0], 0);
    ::dup2(from_child[1], 1);
    ::dup2(from_child[1], 2);  // its own complaints belong to the log
    std::signal(SIGPIPE, SIG_DFL);
    ::execvp(arguments[0], arguments.data());
    constexpr std::string_view kMessage = "cannot be started; is it installed?\n";
    static_cast<void>(::write(2, kMessage.data(), kMessage.size()));
    ::_exit(127);
  }
  const int error = errno;
  ::close(to_child[0]);
  ::close(from_child[1]);
  if (pid < 0) {
    ::close(to_child[1]);
    ::close(from_child[0]);
    return fail(ExitCode::kToolFailed, "{}: no process: {}", command[0], std::strerror(error));
  }
  return Child{pid, from_child[0], to_child[1]};
}

}  // namespace

Result<Qemu> Qemu::start(const Board& board, const fs::path& elf) {
  if (!board.simulator) {
    return fail(ExitCode::kUsage,
                "{}: the board has no simulator; compile for it, or choose another", board.name);
  }
  const Simulator& simulator = *board.simulator;
  // Without it counts would depend on the host.
  std::vector<std::string> command{"qemu-system-riscv32", "-M", simulator.machine, "-icount",
                                   "shift=0,sleep=off"};
  if (!simulator.cpu.empty()) command.insert(command.end(), {"-cpu", simulator.cpu});
  command.insert(command.end(), simulator.arguments.begin(), simulator.arguments.end());
  std::optional<TemporaryFolder> folder;
  if (simulator.boot == Boot::kPflash) {
    ASSIGN_OR_RETURN(TemporaryFolder made,
                     TemporaryFolder::make(fs::temp_directory_path() / "thimble-flash"));
    folder.emplace(std::move(made));
    ASSIGN_OR_RETURN(const fs::path image,
                     make_flash_image(elf, folder->path(), simulator.pflash_bytes));
    command.insert(
        command.end(),
        {"-drive", fmt::format("if=pflash,format=raw,unit=0,file={},readonly=on", image.string())});
  } else {
    command.insert(command.end(), {"-kernel", elf.string()});
  }
  ASSIGN_OR_RETURN(const Child child, start_child(command));
  return Qemu(Session(ByteStream(child.in, child.out), elf), child.pid, std::move(folder));
}

Qemu::Qemu(Qemu&& other) noexcept
    : session_(std::move(other.session_)),
      pid_(std::exchange(other.pid_, -1)),
      folder_(std::move(other.folder_)) {}

Qemu::~Qemu() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Status Qemu::wait() {
  TRY(session_.read_to_end());
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return session_.target_failed(WIFEXITED(status)
                                    ? fmt::format("ended with exit code {}", WEXITSTATUS(status))
                                    : fmt::format("was ended by signal {}", WTERMSIG(status)));
}

Status Qemu::quit() {
  TRY(session_.quit());
  return wait();
}

Result<std::string> Qemu::run_to_end() {
  TRY(wait());
  return session_.log();
}

}  // namespace thimble
