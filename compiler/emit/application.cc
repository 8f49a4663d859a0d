// See application.h.
#include "compiler/emit/application.h"

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/emit/toolchain.h"

namespace thimble::emit {

namespace fs = std::filesystem;

Result<fs::path> build_application(const Board& board, const Isa& isa, const std::string& name,
                                   const std::vector<std::string>& definitions,
                                   std::uint64_t main_stack_bytes, const fs::path& folder) {
  ASSIGN_OR_RETURN(const std::vector<fs::path> objects,
                   system_objects(board, isa, name, definitions, {"apps/" + name}));
  TRY(write_text(folder / "memory.ld", memory_ld(board)));
  fs::path elf = folder / "firmware.elf";
  ASSIGN_OR_RETURN(const Command command,
                   link_command(isa, objects, folder, {main_stack_bytes}, elf));
  TRY(run_tool(command));
  return elf;
}

}  // namespace thimble::emit
