// See model_options.h.
#include "compiler/cli/model_options.h"

#include <fmt/format.h>

#include <charconv>

#include "compiler/base/file.h"
#include "compiler/base/writable.h"

namespace thimble::cli {
namespace {

constexpr std::uint64_t kAddressSpace = std::uint64_t{1} << 32U;

// Empty if the text is a number of bytes, in digits or with 0x before them; else what is wrong.
std::string check_bytes(const std::string& text) {
  const bool is_hexadecimal = text.starts_with("0x");
  const std::string digits = text.substr(is_hexadecimal ? 2 : 0);
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bytes,
                                            is_hexadecimal ? 16 : 10);
  if (error == std::errc() && end == digits.data() + digits.size() && bytes <= kAddressSpace)
    return {};
  return fmt::format("{} is no number of bytes from 0 to {}", text, kAddressSpace);
}

std::string check_not_empty(const std::string& text) {
  return text.empty() ? "is empty" : "";
}

}  // namespace

std::shared_ptr<ModelOptions> add_model_options_but_out(CLI::App& verb) {
  auto options = std::make_shared<ModelOptions>();
  verb.add_option(
          "MODEL", options->model,
          "A .tflite file, the name of a model of the zoo, or an application: its folder or name")
      ->required()
      ->check(check_not_empty);
  verb.add_option("--board", options->board, "A board's name, or a folder with a board.json")
      ->capture_default_str();
  verb.add_option("--isa", options->isa,
                  "Instruction set, such as rv32imac; the board's own by default");
  verb.add_option("-O", options->optimize, "What microkernels are chosen for")
      ->check(CLI::IsMember({"size", "speed"}))
      ->capture_default_str();
  verb.add_option("--offload", options->offload,
                  "Operators given to microkernels: all that can be, or none")
      ->check(CLI::IsMember({"all", "none"}))
      ->capture_default_str();
  verb.add_option("--flash", options->flash, "Bytes of flash that the image may take")
      ->type_name("BYTES")
      ->check(check_bytes);
  verb.add_option("--ram", options->ram, "Bytes of RAM that the image may take, stacks included")
      ->type_name("BYTES")
      ->check(check_bytes);
  verb.add_flag("--feed", options->feed,
                "The model takes its input row by row, as a sensor delivers it, and keeps only a "
                "window of rows");
  verb.add_option("--weights", options->weights,
                  "Where constants live; data copies them to RAM at start")
      ->check(CLI::IsMember({"rodata", "data"}))
      ->capture_default_str();
  verb.add_option("--signedness", options->signedness,
                  "Types of unsigned tensors: stripped for IREE, or kept to see what that changes")
      ->check(CLI::IsMember({"strip", "keep"}))
      ->capture_default_str();
  return options;
}

std::shared_ptr<ModelOptions> add_model_options(CLI::App& verb) {
  auto options = add_model_options_but_out(verb);
  verb.add_option("--out", options->out,
                  "Folder for the results (default: build/out/<model>-<board>-<options>)")
      ->check(check_not_empty);
  return options;
}

Result<emit::Target> make_target(const ModelOptions& options) {
  ASSIGN_OR_RETURN(Board board, find_board(options.board));
  board.folder = std::filesystem::absolute(board.folder);  // tools run in other folders
  const std::string isa_name = options.isa.empty() ? board.isa : options.isa;
  ASSIGN_OR_RETURN(const Isa isa, Isa::parse(isa_name));
  if (std::ranges::find(board.isas, isa_name) == board.isas.end()) {
    return fail(ExitCode::kUsage, "{}: board {} does not run that; it runs {}", isa_name,
                board.name, fmt::join(board.isas, ", "));
  }
  const auto weights =
      options.weights == "data" ? emit::WeightsPlacement::kData : emit::WeightsPlacement::kRodata;
  return emit::Target{std::move(board), isa, {options.flash, options.ram}, weights};
}

Result<BuiltModel> build_model(const ModelOptions& options) {
  ASSIGN_OR_RETURN(emit::Target target, make_target(options));
  return build_model(options, std::move(target));
}

Result<BuiltModel> build_model(const ModelOptions& options, emit::Target target) {
  ASSIGN_OR_RETURN(const std::filesystem::path path, find_model(options.model));
  ASSIGN_OR_RETURN(tflite::Model model, tflite::read(path));
  if (!options.out.empty()) {
    if (const Status writable = check_writable_folder(options.out); !writable)
      return fail(writable.error().code, "--out: {}", writable.error().message);
  }
  BuildOptions build_options{.target = std::move(target),
                             .optimize = options.optimize,
                             .offload = options.offload,
                             .strip_signedness = options.signedness == "strip",
                             .out = {},
                             .all_tensors = false,
                             .feed = options.feed,
                             .arena_bytes = {}};
  if (!options.out.empty()) build_options.out = options.out;
  ASSIGN_OR_RETURN(Build built, build(model, build_options));
  return BuiltModel{std::move(model), std::move(build_options), std::move(built)};
}

nlohmann::ordered_json describe(const BuiltModel& built) {
  nlohmann::ordered_json json{{"model", built.model.name},
                              {"board", built.options.target.board.name},
                              {"isa", built.options.target.isa.name()},
                              {"optimize", built.options.optimize},
                              {"offload", built.options.offload},
                              {"elf", built.build.elf.string()},
                              {"memory", to_json(built.build.image.memory)}};
  if (const auto& feed = built.build.network.plan.feed) {
    json["feed"] = {
        {"rows", feed->rows}, {"row_bytes", feed->row_bytes}, {"window_rows", feed->window_rows}};
  }
  return json;
}

nlohmann::ordered_json describe(const BuiltModel& built, const TargetRun& run) {
  nlohmann::ordered_json json = describe(built);
  MemoryReport memory = built.build.image.memory;
  memory.stack_peak = run.stack_peak;
  json["memory"] = to_json(memory);
  const std::int64_t macs = tflite::macs(built.model);
  json["inference"] = {{"instructions", run.instructions}, {"macs", macs}};
  if (macs > 0) {
    json["inference"]["instructions_per_mac"] =
        static_cast<double>(run.instructions) / static_cast<double>(macs);
  }
  return json;
}

void print_memory(const BuiltModel& built, std::optional<std::uint64_t> stack_peak) {
  const MemoryReport& memory = built.build.image.memory;
  const Capacity room = capacity(built.options.target.board, built.options.target.limits);
  fmt::print("\n{} on {} ({})\n", built.model.name, built.options.target.board.name,
             built.options.target.isa.name());
  fmt::print("  flash {:>9} bytes", memory.flash);
  if (room.flash) fmt::print(" of {}", *room.flash);
  fmt::print(": {} weights, {} model code, {} system code\n", memory.weights, memory.model_code,
             memory.system_code);
  fmt::print("  RAM   {:>9} bytes", memory.ram);
  if (room.flash || built.options.target.limits.ram) fmt::print(" of {}", room.ram);
  fmt::print(": {} arena, {} stacks", memory.arena, memory.stacks);
  if (stack_peak) fmt::print(" (of the main stack, {} were used)", *stack_peak);
  fmt::print("\n");
  if (const auto& feed = built.build.network.plan.feed) {
    fmt::print("  input: {} rows of {} bytes, fed; {} of them are kept\n", feed->rows,
               feed->row_bytes, feed->window_rows);
  }
}

void print_instructions(const BuiltModel& built, const TargetRun& run) {
  const std::int64_t macs = tflite::macs(built.model);
  fmt::print("  {} instructions for {} MACs", run.instructions, macs);
  if (macs > 0) {
    fmt::print(": {:.2f} each", static_cast<double>(run.instructions) / static_cast<double>(macs));
  }
  fmt::print("\n");
}

Status write_report(const BuiltModel& built, const nlohmann::ordered_json& json) {
  return write_text(built.build.folder / "report.json", json.dump(2) + "\n");
}

}  // namespace thimble::cli
