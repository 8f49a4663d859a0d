// See model_input.h.
#include "compiler/cli/model_input.h"

#include <charconv>

#include "compiler/reference/inputs.h"

namespace thimble::cli {
namespace {

// "random:7" -> 7.
std::optional<std::uint64_t> random_seed(std::string_view text) {
  constexpr std::string_view kPrefix = "random:";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return seed;
}

}  // namespace

Result<Input> find_input(const std::string& wanted, const tflite::Model& model,
                         const std::optional<Card>& card) {
  std::string choice = wanted;
  if (choice.empty()) choice = card && !card->clips.empty() ? card->clips[0].string() : "random:0";
  if (const auto seed = random_seed(choice)) return Input{make_sample(model, *seed, 0), choice};
  if (choice.starts_with("random:"))
    return fail(ExitCode::kUsage, "{}: random:SEED wants a number", choice);
  if (choice.ends_with(".wav")) {
    ASSIGN_OR_RETURN(Bytes bytes, input_from_wav(card.value_or(Card{}), model, choice));
    return Input{std::move(bytes), choice};
  }
  ASSIGN_OR_RETURN(Bytes bytes, read_input(model, choice));
  return Input{std::move(bytes), choice};
}

}  // namespace thimble::cli
