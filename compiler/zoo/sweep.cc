// See sweep.h: the build file, and running it.
#include "compiler/zoo/sweep.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <set>
#include <thread>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/pipeline/build.h"
#include "compiler/pipeline/network.h"

namespace thimble::zoo {
namespace {

namespace fs = std::filesystem;

// A step's exit code is written down, not returned: others that wait for it can go on. Without its
// JSON the step is not done, so the next call runs it again.
constexpr std::string_view kRule = R"(ninja_required_version = 1.10
rule step
  command = rm -f $out_json; $words --json $out_json > $log 2>&1; echo $$? > $code
  description = $what
  restat = 1
)";

// Of a path in a build line.
std::string escaped(const fs::path& path) {
  std::string text;
  for (const char letter : path.string()) {
    if (letter == ' ' || letter == ':' || letter == '$') text += '$';
    text += letter;
  }
  return text;
}

// A word for the shell, in a variable of Ninja's.
std::string shell_word(const std::string& word) {
  std::string text = "'";
  for (const char letter : word) {
    if (letter == '\'') {
      text += "'\\''";
    } else {
      text += letter == '$' ? "$$" : std::string(1, letter);
    }
  }
  return text + "'";
}

fs::path stamp(const std::string& name) {
  return fs::path("inputs") / name;
}

// Writes `mark` unless it stands there: an unchanged file makes nothing new.
Status write_stamp(const fs::path& file, std::uint64_t mark) {
  const std::string text = fmt::format("{:016x}\n", mark);
  const auto old = read_text(file);
  return old && *old == text ? Status() : write_text(file, text);
}

// All that a model's results depend on, besides tool and sources.
std::uint64_t mark_of(const Model& model) {
  std::uint64_t mark = 1;
  for (const char* beside : {"card.json", "test_inputs.npy"}) {
    const auto bytes = read_file(model.path.parent_path() / beside);
    if (bytes) mark = content_hash(*bytes, mark);
  }
  const auto bytes = read_file(model.path);
  return bytes ? content_hash(*bytes, mark) : mark;
}

Status write_stamps(const Sweep& sweep) {
  const fs::path& folder = sweep.folder;
  TRY(write_stamp(folder / stamp("tool"), tool_mark()));
  for (const Board& board : sweep.boards)
    TRY(write_stamp(folder / stamp("board-" + board.name), sources_mark(board)));
  std::set<std::string> seen;
  for (const Configuration& one : sweep.configurations) {
    if (seen.insert(one.model.name).second)
      TRY(write_stamp(folder / stamp("model-" + one.model.name), mark_of(one.model)));
  }
  return {};
}

class BuildFile {
 public:
  BuildFile(const Sweep& sweep, fs::path tool) : sweep_(sweep), tool_(std::move(tool)) {
    text_ = kRule;
  }

  // `after`: what this waits for, empty if for nothing.
  std::string add(const Configuration& one, const std::string& verb, const std::string& step,
                  const std::vector<std::string>& more, const std::string& after,
                  const std::string& also_makes = {}) {
    const std::string json = fmt::format("{}/{}.json", one.key(), step);
    std::vector<std::string> words{tool_.string(), verb};
    for (const std::string& word : one.arguments()) words.push_back(word);
    for (const std::string& word : {std::string("--out"), (sweep_.folder / one.key()).string()})
      words.push_back(word);
    words.insert(words.end(), more.begin(), more.end());
    for (std::string& word : words) word = shell_word(word);
    text_ +=
        fmt::format("build {}{}: step | {} {} {}{}\n", escaped(json),
                    also_makes.empty() ? "" : " | " + escaped(also_makes), escaped(stamp("tool")),
                    escaped(stamp("board-" + one.board)), escaped(stamp("model-" + one.model.name)),
                    after.empty() ? "" : " || " + escaped(after));
    text_ +=
        fmt::format("  out_json = {}\n  log = {}\n  code = {}\n  words = {}\n  what = {} {} {}\n",
                    shell_word(json), shell_word(fmt::format("{}/{}.log", one.key(), step)),
                    shell_word(fmt::format("{}/{}.code", one.key(), step)), fmt::join(words, " "),
                    step, one.model.name, one.title());
    return json;
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  const Sweep& sweep_;
  fs::path tool_;
  std::string text_;
};

}  // namespace

std::string build_file(const Sweep& sweep, const fs::path& tool) {
  BuildFile file(sweep, tool);
  std::map<std::string, std::string> first_of_network;  // others find its network in the cache
  for (const Configuration& one : sweep.configurations) {
    std::string& first = first_of_network[one.network()];
    const std::string validated =
        file.add(one, "validate", "validate", {"--samples", std::to_string(sweep.samples)}, first,
                 one.key() + "/firmware.elf");
    if (first.empty()) first = validated;
    if (one.scored) file.add(one, "validate", "score", {"--test-inputs"}, validated);
    if (!one.profiled) continue;
    file.add(one, "profile", "profile", {}, validated);
    file.add(one, "plan", "plan", {}, validated);
  }
  return file.text();
}

Status run(const Sweep& sweep) {
  TRY(write_stamps(sweep));
  for (const Configuration& one : sweep.configurations) {
    std::error_code ignored;
    fs::create_directories(sweep.folder / one.key(), ignored);
  }
  std::error_code error;
  const fs::path tool = fs::read_symlink("/proc/self/exe", error);
  if (error) return fail(ExitCode::kToolFailed, "/proc/self/exe: {}", error.message());
  TRY(write_text(sweep.folder / "build.ninja", build_file(sweep, tool)));
  ::setenv("NINJA_STATUS", "[%f of %t, %es] ", 0);
  const unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  ASSIGN_OR_RETURN(const int code,
                   run_visibly({"ninja", "-C", sweep.folder.string(), "-j", std::to_string(jobs)}));
  if (code != 0) {
    return fail(ExitCode::kToolFailed,
                "ninja ended with {} in {}; the next call goes on from there", code,
                sweep.folder.string());
  }
  return {};
}

}  // namespace thimble::zoo
