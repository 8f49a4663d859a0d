// See toolchain.h.
#include "compiler/emit/toolchain.h"

#include <algorithm>

#include "compiler/base/file.h"
#include "compiler/base/lock.h"
#include "compiler/base/process.h"

namespace thimble::emit {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCxxLibrary = "/usr/lib/llvm-19/include/c++/v1";
constexpr const char* kCLibrary = "/usr/lib/picolibc/riscv64-unknown-elf";

Command machine_flags(const Isa& isa) {
  return {"--target=riscv32-unknown-elf", "-march=" + isa.name(),
          fmt::format("-mabi={}", isa.abi())};
}

void append(Command& command, const Command& more) {
  command.insert(command.end(), more.begin(), more.end());
}

// Inner loops are worth their bytes: there is one copy for all layers of a kind.
bool is_microkernel(const fs::path& source) {
  return source.string().find("/microkernels/") != std::string::npos;
}

// All that is compiled into a firmware besides the model: whatever stands in these folders.
std::vector<fs::path> system_sources(const Board& board, const std::vector<std::string>& modules) {
  std::vector<fs::path> folders{"kernel",       "kernel/arch/riscv",      "runtime",
                                "microkernels", "microkernels/reference", "microkernels/rv32im"};
  for (const std::string& driver : board.drivers) folders.push_back(fs::path("drivers") / driver);
  folders.push_back(board.folder);
  std::vector<fs::path> sources;
  for (const std::string& module : modules) {
    const bool is_file = fs::is_regular_file(source_root() / module);
    if (is_file) {
      sources.push_back(source_root() / module);
    } else {
      folders.emplace_back(module);
    }
  }
  for (const fs::path& folder : folders) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(source_root() / folder, ignored)) {
      const fs::path& path = entry.path();
      const bool is_source = path.extension() == ".cc" || path.extension() == ".S";
      if (is_source && !path.stem().string().ends_with("_test")) sources.push_back(path);
    }
  }
  std::ranges::sort(sources);
  return sources;
}

// A command line for the shell that Ninja starts.
std::string shell_line(const Command& command) {
  std::string line;
  for (const std::string& word : command) {
    line += line.empty() ? "'" : " '";
    for (const char c : word) {
      if (c == '\'') {
        line += "'\\''";
      } else {
        line += c;
      }
    }
    line += '\'';
  }
  return line;
}

std::string ninja_escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '$' || c == ' ' || c == ':') out += '$';
    out += c;
  }
  return out;
}

}  // namespace

Command compile_command(const Isa& isa, const fs::path& board_folder, const fs::path& folder,
                        const fs::path& source, const fs::path& object) {
  Command command{"clang++-19"};
  append(command, machine_flags(isa));
  append(command, {is_microkernel(source) ? "-O2" : "-Os", "-ffunction-sections", "-fdata-sections",
                   "-fno-unwind-tables", "-fno-asynchronous-unwind-tables", "-Wall", "-Wextra",
                   "-Wshadow", "-Wconversion", "-Wno-sign-conversion", "-Werror",
                   fmt::format("-ffile-prefix-map={}/=", source_root().string())});
  if (source.extension() != ".S") {
    append(command, {"-std=c++23", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics",
                     "-Wglobal-constructors", "-nostdinc++", "-isystem", kCxxLibrary, "-isystem",
                     fmt::format("{}/include", kCLibrary), "-D_LIBCPP_HAS_NO_THREADS",
                     "-D_LIBCPP_HAS_NO_LOCALIZATION", "-D_LIBCPP_HAS_NO_WIDE_CHARACTERS",
                     "-D_LIBCPP_HAS_NO_MONOTONIC_CLOCK"});
  }
  append(command, {"-I" + source_root().string(), "-I" + board_folder.string(),
                   "-I" + folder.string(), "-c", source.string(), "-o", object.string()});
  return command;
}

Result<Command> link_command(const Isa& isa, const std::vector<fs::path>& objects,
                             const fs::path& folder, const StackSizes& stacks,
                             const fs::path& elf) {
  Command command{"ld.lld-19",
                  "-T",
                  (source_root() / "kernel/arch/riscv/sections.ld").string(),
                  "-L",
                  folder.string(),
                  "--gc-sections",
                  "--relax-gp",
                  "-n",
                  "-X",
                  "-z",
                  "nognustack",
                  fmt::format("--defsym=__main_stack_size={}", stacks.main),
                  fmt::format("--defsym=__trap_stack_size={}", stacks.trap),
                  "-Map=" + fs::path(elf).replace_extension(".map").string()};
  for (const fs::path& object : objects) command.push_back(object.string());
  ASSIGN_OR_RETURN(std::string libgcc,
                   run_tool({"riscv64-unknown-elf-gcc", "-march=" + isa.multilib(),
                             fmt::format("-mabi={}", isa.abi()), "-print-libgcc-file-name"}));
  libgcc.erase(libgcc.find_last_not_of('\n') + 1);
  const std::string libc = fmt::format("{}/lib/{}/{}", kCLibrary, isa.multilib(), isa.abi());
  append(command, {"--start-group", libgcc, libc + "/libc.a", "--end-group", "-o", elf.string()});
  return command;
}

Result<std::vector<fs::path>> system_objects(const Board& board, const Isa& isa,
                                             const std::string& application,
                                             const std::vector<std::string>& definitions,
                                             const std::vector<std::string>& modules) {
  const std::string where = fmt::format("{}{} {}", board.folder.string(),
                                        fmt::join(definitions, ""), fmt::join(modules, " "));
  const std::uint64_t mark =
      content_hash({reinterpret_cast<const std::uint8_t*>(where.data()), where.size()});
  const fs::path folder =
      source_root() / "build" / "system" /
      fmt::format("{}-{}-{}-{:08x}", board.name, isa.name(), application, mark & 0xffffffff);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(ExitCode::kToolFailed, "{}: {}", folder.string(), error.message());
  std::string ninja =
      "# Written by thimble: the part of a firmware that no model changes.\n"
      "rule compile\n  command = $line -MD -MF $out.d\n  depfile = $out.d\n  deps = gcc\n\n";
  std::vector<fs::path> objects;
  for (const fs::path& source : system_sources(board, modules)) {
    const fs::path inside = source.string().starts_with(source_root().string())
                                ? fs::relative(source, source_root())
                                : fs::path("boards") / board.name / source.filename();
    const fs::path object = folder / "obj" / (inside.string() + ".o");
    Command command = compile_command(isa, board.folder, board.folder, source, object);
    for (const std::string& definition : definitions) command.push_back("-D" + definition);
    ninja += fmt::format("build {}: compile {}\n  line = {}\n", ninja_escaped(object.string()),
                         ninja_escaped(source.string()), ninja_escaped(shell_line(command)));
    objects.push_back(object);
  }
  const FileLock lock(folder / "lock");
  const auto current = read_text(folder / "build.ninja");
  if (!current || *current != ninja) TRY(write_text(folder / "build.ninja", ninja));
  ASSIGN_OR_RETURN(const std::string said, run_tool({"ninja", "-C", folder.string()}));
  static_cast<void>(said);
  return objects;
}

}  // namespace thimble::emit
