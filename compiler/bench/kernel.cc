// See kernel.h.
#include "compiler/bench/kernel.h"

#include <algorithm>
#include <sstream>

#include "compiler/base/file.h"
#include "compiler/base/numbers.h"

namespace thimble::bench {
namespace {

using Json = nlohmann::ordered_json;

struct Figure {
  const char* key;
  const char* title;
};
constexpr Figure kFigures[] = {
    {"yield", "yield, one way"},
    {"give_take", "semaphore: give, until a higher task has it"},
    {"mutex_lock", "mutex: lock, nobody there"},
    {"mutex_unlock", "mutex: unlock, nobody waits"},
    {"queue_send", "queue: send 4 bytes, nobody waits"},
    {"queue_receive", "queue: receive 4 bytes, nobody waits"},
    {"queue_send_wake", "queue: send 4 bytes, until a higher task has it"},
    {"irq_task", "interrupt, semaphore, until the task runs"},
    {"timer", "interrupt of the timer, calls a function"},
    {"tick", "tick that wakes nobody (there is none)"},
    {"text", "code and tables of the kernel, bytes"},
    {"tcb", "task control block, bytes"},
    {"semaphore", "semaphore, bytes"},
    {"mutex", "mutex, bytes"},
};
constexpr const char* kWorkloads[] = {
    "cooperative", "preemptive",      "interrupt", "interrupt_preemption",
    "message",     "synchronisation", "memory"};

std::string cell(const std::map<std::string, std::uint64_t>& figures, const char* key) {
  const auto found = figures.find(key);
  return found == figures.end() ? "–" : grouped(found->second);
}

std::string cell(const Json& figures, const char* key) {
  return figures.contains(key) ? grouped(figures.at(key).get<std::uint64_t>()) : "–";
}

// A cell that has no ASCII takes more bytes than columns.
std::string right(const std::string& text, std::size_t width) {
  const auto columns = static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
  return std::string(width - std::min(width, columns), ' ') + text;
}

}  // namespace

Result<std::vector<KernelAnchor>> read_kernel_anchors(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string text, read_text(path));
  try {
    std::vector<KernelAnchor> anchors;
    for (const Json& kernel : Json::parse(text).at("kernels")) {
      anchors.push_back({kernel.at("name"), kernel.at("source"),
                         kernel.at("figures").get<std::map<std::string, std::uint64_t>>()});
    }
    return anchors;
  } catch (const nlohmann::json::exception& error) {
    return fail(ExitCode::kToolFailed, "{}: {}", path.string(), error.what());
  }
}

Result<Json> kernel_figures(const std::string& output, std::uint64_t text) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> measured;
  std::map<std::string, std::uint64_t> workloads;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    std::uint64_t least = 0;
    if (line.starts_with("workload ") && words >> name >> name >> least) {
      workloads[name] = least;
    } else if (words >> name >> least) {
      std::uint64_t most = least;
      words >> most;
      measured[name] = {least, most};
    }
  }
  measured["text"] = {text, text};
  Json json;
  Json least = Json::object();
  for (const auto& [key, title] : kFigures) {
    const auto found = measured.find(key);
    if (found == measured.end())
      return fail(ExitCode::kToolFailed, "the kernel's benchmark did not measure {}", key);
    json[key] = found->second.second;
    if (found->second.first != found->second.second) least[key] = found->second.first;
  }
  if (!least.empty()) json["least"] = least;
  for (const char* workload : kWorkloads) {
    const auto found = workloads.find(workload);
    if (found == workloads.end())
      return fail(ExitCode::kToolFailed, "the kernel's benchmark did not run {}", workload);
    json["thread_metric"][workload] = found->second;
  }
  return json;
}

std::string kernel_table(const Json& kernel, const std::vector<KernelAnchor>& anchors) {
  constexpr int kTitle = 50;
  constexpr std::size_t kWidth = 17;
  std::string text = fmt::format("\n{:<{}}", "instructions, or bytes", kTitle);
  for (const auto& [name, figures] : kernel.items()) text += right(name, kWidth);
  for (const KernelAnchor& anchor : anchors) text += right(anchor.name, kWidth);
  for (const auto& [key, title] : kFigures) {
    text += fmt::format("\n{:<{}}", title, kTitle);
    for (const Json& figures : kernel) text += right(cell(figures, key), kWidth);
    for (const KernelAnchor& anchor : anchors) text += right(cell(anchor.figures, key), kWidth);
  }
  text += fmt::format("\n\n{:<{}}", "a round of the workloads of Thread-Metric", kTitle);
  for (const char* workload : kWorkloads) {
    text += fmt::format("\n  {:<{}}", workload, kTitle - 2);
    for (const Json& figures : kernel)
      text += right(cell(figures.at("thread_metric"), workload), kWidth);
  }
  for (const auto& [name, figures] : kernel.items()) {
    if (!figures.contains("least")) continue;
    for (const auto& [key, value] : figures.at("least").items())
      text += fmt::format("\n{}: {} took {} at least, {} at most", name, key,
                          value.get<std::uint64_t>(), figures.at(key).get<std::uint64_t>());
  }
  return text + "\n";
}

}  // namespace thimble::bench
