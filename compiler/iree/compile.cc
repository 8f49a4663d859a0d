// See compile.h.
#include "compiler/iree/compile.h"

#include <algorithm>
#include <set>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/iree/tiles.h"
#include "compiler/mlir/operation.h"

namespace thimble::iree {
namespace {

namespace fs = std::filesystem;

// The quoted operation names in what iree-compile complained about, once each.
std::string refused_operations(std::string_view messages) {
  std::set<std::string> names;
  for (std::size_t at = messages.find("error:"); at != std::string_view::npos;
       at = messages.find("error:", at + 1)) {
    const std::string_view line = messages.substr(at, messages.find('\n', at) - at);
    for (std::size_t quote = line.find('\''); quote != std::string_view::npos;) {
      const std::size_t end = line.find('\'', quote + 1);
      if (end == std::string_view::npos) break;
      const std::string_view name = line.substr(quote + 1, end - quote - 1);
      if (name.starts_with("tosa.")) names.emplace(name);
      quote = line.find('\'', end + 1);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string first_error(std::string_view messages) {
  const std::size_t at = messages.find("error:");
  if (at == std::string_view::npos) return std::string(messages.substr(0, 300));
  return std::string(messages.substr(at, std::min<std::size_t>(messages.find('\n', at) - at, 300)));
}

// An error that names the operations that iree-compile complained about, if it did of any.
std::unexpected<Error> refusal(const std::string& name, std::string_view messages) {
  const std::string refused = refused_operations(messages);
  if (!refused.empty()) {
    return fail(ExitCode::kBadModel, "{}: IREE cannot compile these operations of it: {}", name,
                refused);
  }
  return fail(ExitCode::kBadModel, "{}: IREE cannot compile it ({})", name, first_error(messages));
}

// [@executable::@variant::@function], quoted where it is no plain identifier
std::string function_of(std::string_view entry_points) {
  const std::size_t start = std::min(
      entry_points.find_first_not_of('"', entry_points.rfind('@') + 1), entry_points.size());
  return std::string(entry_points.substr(start, entry_points.find_last_not_of("]\"") + 1 - start));
}

// Operations that move or make what others compute with: they may stand in a function under the
// name of another's, because equal ones are shared.
bool only_provides(const mlir::Operation& operation) {
  return operation.name == "arith.constant" || operation.name == "tensor.empty" ||
         operation.name == "linalg.fill" || operation.name.starts_with("hal.interface.") ||
         operation.name.ends_with(".load");
}

void add_accesses(const mlir::Operation& dispatch, AccessMap& accesses) {
  const std::string* entries = dispatch.find("entry_points");
  const std::string* kinds = dispatch.find("resource_accesses");
  if (entries == nullptr || kinds == nullptr) return;
  std::vector<Access>& list = accesses[function_of(*entries)];
  // A function that several dispatches share does what any of them says.
  const std::vector<std::int64_t> numbers = mlir::integers(*kinds);
  list.resize(std::max(list.size(), numbers.size()));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    list[i] = static_cast<Access>(static_cast<std::int64_t>(list[i]) | numbers[i]);
}

void add_names(const mlir::Module& module, mlir::Operation& function, NameMap& names) {
  const std::string* quoted = function.find("sym_name");
  if (quoted == nullptr) return;
  std::vector<std::string>& list = names[quoted->substr(1, quoted->size() - 2)];
  mlir::walk(function, [&](const mlir::Operation& operation) {
    if (only_provides(operation)) return;
    for (std::string& name : module.location_names(operation)) {
      if (std::ranges::find(list, name) == list.end()) list.push_back(std::move(name));
    }
  });
}

}  // namespace

Result<FunctionNotes> read_notes(std::string_view text, std::string_view origin) {
  ASSIGN_OR_RETURN(mlir::Module module, mlir::parse(text, origin));
  FunctionNotes notes;
  mlir::walk(module, [&](mlir::Operation& operation) {
    if (operation.name == "stream.cmd.dispatch") add_accesses(operation, notes.accesses);
    if (operation.name == "func.func") add_names(module, operation, notes.names);
  });
  return notes;
}

Result<Compiled> compile(std::string_view program, const std::string& name, const Isa& isa,
                         const Width& width, const fs::path& folder) {
  const fs::path input = folder / (name + ".mlir");
  const fs::path configured = folder / "configured" / (name + ".mlir");  // same name, same symbols
  Compiled compiled{folder / (name + ".o"), folder / (name + ".vmfb"), {}, {}};
  TRY(write_text(input, program));
  std::error_code ignored;
  fs::create_directories(configured.parent_path(), ignored);
  const auto iree_compile = [&](const fs::path& from, const char* phase, const fs::path& to) {
    return run_process({python_tool("iree-compile"),
                        from.string(),
                        "--iree-input-type=tosa",
                        "--iree-hal-target-device=local",
                        "--iree-hal-local-target-device-backends=llvm-cpu",
                        "--iree-llvmcpu-target-triple=riscv32-unknown-elf",
                        "--iree-llvmcpu-target-cpu=generic-rv32",
                        "--iree-llvmcpu-target-cpu-features=" + isa.features(),
                        fmt::format("--iree-llvmcpu-target-abi={}", isa.abi()),
                        "--iree-llvmcpu-link-embedded=false",
                        "--iree-llvmcpu-link-static",
                        "--iree-llvmcpu-static-library-output-path=" + compiled.object.string(),
                        "--iree-llvmcpu-debug-symbols=false",
                        "--iree-vm-bytecode-module-strip-source-map=true",
                        "--iree-vm-emit-polyglot-zip=false",
                        "--iree-vm-target-index-bits=32",
                        "--iree-scheduling-optimize-bindings=false",
                        "--mlir-print-op-generic",
                        "--mlir-print-debuginfo",
                        phase,
                        "-o",
                        to.string()});
  };
  // Why each of these, and why in two steps: docs/architecture.md, "Compiling with IREE".
  ASSIGN_OR_RETURN(ProcessOutput output,
                   iree_compile(input, "--compile-to=executable-configurations", configured));
  if (output.exit_code != 0) return refusal(name, output.err);
  ASSIGN_OR_RETURN(const std::string text, read_text(configured));
  ASSIGN_OR_RETURN(FunctionNotes notes, read_notes(text, configured.string()));
  compiled.accesses = std::move(notes.accesses);
  compiled.names = std::move(notes.names);
  if (width) TRY(write_text(configured, with_narrow_tiles(text, *width)));
  const char* const rest = "--compile-from=executable-configurations";
  ASSIGN_OR_RETURN(output, iree_compile(configured, rest, compiled.schedule));
  if (output.exit_code != 0) return refusal(name, output.err);
  fs::remove_all(configured.parent_path(), ignored);
  return compiled;
}

}  // namespace thimble::iree
