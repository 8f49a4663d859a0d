// See card.h.
#include "compiler/cli/card.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/log_mel.h"
#include "frontend/mfcc.h"
#include "frontend/wav/wav.h"

namespace thimble::cli {
namespace {

using nlohmann::json;

// What turns recordings into inputs, by what cards call it.
struct FrontEnd {
  std::string_view kind;
  std::size_t patch_bytes;
  void (*make)(std::span<const std::int16_t> samples, std::int8_t* patch);
};
constexpr FrontEnd kFrontEnds[] = {
    {"log-mel", kPatchSize,
     [](std::span<const std::int16_t> samples, std::int8_t* patch) {
       log_mel_patch(samples, PatchSpan(patch, kPatchSize));
     }},
    {"mfcc", mfcc::kPatchSize,
     [](std::span<const std::int16_t> samples, std::int8_t* patch) {
       mfcc::clip_patch(samples, mfcc::PatchSpan(patch, mfcc::kPatchSize));
     }},
};

std::optional<double> number(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? std::optional(found->get<double>())
                                                     : std::nullopt;
}

void read_accuracy(const json& root, const std::filesystem::path& folder, Card& card) {
  const json accuracy = root.value("accuracy", json::object());
  if (const auto metric = accuracy.find("metric"); metric != accuracy.end()) {
    card.accuracy = {metric->get<std::string>(), number(accuracy, "float"),
                     number(accuracy, "int8")};
  }
  const json inputs = root.value("test_inputs", json::object());
  if (!inputs.contains("file")) return;
  card.test_inputs = {folder / inputs["file"].get<std::string>(),
                      inputs.value("expected", std::vector<double>())};
}

}  // namespace

Result<std::optional<Card>> read_card(const std::filesystem::path& model) {
  const std::filesystem::path path = model.parent_path() / "card.json";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  ASSIGN_OR_RETURN(const std::string text, read_text(path));
  const json root = json::parse(text, nullptr, false);
  if (!root.is_object()) return fail(ExitCode::kToolFailed, "{}: not a JSON object", path.string());
  // A card describes one model; another .tflite beside it has none.
  if (root.value("model", std::string()) != model.filename().string()) return std::nullopt;
  Card card;
  for (const json& label : root.value("labels", json::array()))
    card.labels.push_back(label.get<std::string>());
  if (root.contains("front_end")) card.front_end = root["front_end"].value("kind", std::string());
  for (const json& clip : root.value("clips", json::array())) {
    card.clips.push_back(model.parent_path() / clip.value("file", std::string()));
  }
  read_accuracy(root, model.parent_path(), card);
  return card;
}

Result<Bytes> input_from_wav(const Card& card, const tflite::Model& model,
                             const std::filesystem::path& wav) {
  const auto found = std::ranges::find(kFrontEnds, card.front_end, &FrontEnd::kind);
  if (found == std::end(kFrontEnds) || model.inputs.size() != 1 ||
      model.input_bytes() != found->patch_bytes) {
    return fail(
        ExitCode::kUsage,
        "{}: the model {} has no front end for recordings; give its input as raw bytes or .npy",
        wav.string(), model.name);
  }
  ASSIGN_OR_RETURN(const std::vector<std::int16_t> samples, read_wav(wav));
  std::vector<std::int8_t> patch(found->patch_bytes);
  found->make(samples, patch.data());
  return Bytes(patch.begin(), patch.end());
}

}  // namespace thimble::cli
