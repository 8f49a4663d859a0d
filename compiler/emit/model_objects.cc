// See model_objects.h.
#include "compiler/emit/model_objects.h"

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/emit/toolchain.h"

namespace thimble::emit {
namespace {

namespace fs = std::filesystem;

// Makes IREE's object linkable beside ours: its functions can be referred to, so that only those
// the plan calls are linked; its table of them is its own, or two models would collide; its own
// byte-wise memory routines give way to better ones; line tables
// go, which hold paths of the machine, and attributes that GNU ld of Debian 12 does not understand.
Status adopt(const fs::path& object, const std::string& name, const fs::path& adopted) {
  TRY(run_tool({"llvm-objcopy-19", "--wildcard",
                fmt::format("--globalize-symbol={}_dispatch_*", name), "--globalize-symbol=mem*",
                "--localize-symbol=*_library_query", "--weaken-symbol=mem*", "--strip-debug",
                "--remove-section=.riscv.attributes", object.string(), adopted.string()}));
  return {};
}

}  // namespace

Result<ModelObjects> compile_model(const Target& target, const Interface& interface,
                                   const plan::Plan& plan, const fs::path& object,
                                   const fs::path& folder) {
  const fs::path model = folder / "model";
  std::error_code error;
  fs::create_directories(model, error);
  TRY(write_text(folder / (interface.name + ".h"), c_header(interface)));
  TRY(write_text(folder / (interface.name + ".hpp"), cpp_header(interface)));
  TRY(write_text(model / "plan.cc", plan_source(interface.name, plan)));
  TRY(write_text(model / "constants.S", constants_source(interface.name, target.weights)));
  TRY(write_text(model / "model_view.cc", view_source(interface)));
  TRY(write_file(model / "constants.bin", plan.constants));
  ModelObjects objects;
  for (const char* source : {"plan.cc", "constants.S", "model_view.cc"}) {
    const fs::path compiled = model / (std::string(source) + ".o");
    Command command =
        compile_command(target.isa, target.board.folder, folder, model / source, compiled);
    command.push_back("-Wa,-I" + model.string());  // where .incbin looks
    TRY(run_tool(command));
    objects.library.push_back(compiled);
  }
  objects.view = objects.library.back();
  objects.library.pop_back();
  if (!fs::exists(object)) return objects;  // a network that only moves data has no generated code
  objects.library.push_back(model / (interface.name + ".o"));
  TRY(adopt(object, interface.name, objects.library.back()));
  return objects;
}

}  // namespace thimble::emit
