// See json_place.h.
#include "compiler/base/json_place.h"

#include <charconv>

#include "compiler/base/file.h"

namespace thimble {

Place Place::at(const std::string& name) const {
  static const Json none;
  const auto found = json.is_object() ? json.find(name) : json.end();
  return {file, key.empty() ? name : key + "." + name,
          json.is_object() && found != json.end() ? *found : none};
}

Place Place::at(std::size_t index) const {
  return {file, fmt::format("{}[{}]", key, index), json[index]};
}

Result<Json> read_json_object(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(const std::string text, read_text(file));
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return fail(ExitCode::kUsage, "{}: {}", file.string(), error.what());
  }
  if (!json.is_object()) return Place{file, "", json}.wrong("an object is wanted");
  return json;
}

Result<std::string> read_text_at(const Place& place) {
  if (!place.json.is_string()) return place.wrong("a text is wanted");
  return place.json.get<std::string>();
}

Result<std::vector<std::string>> read_texts_at(const Place& place) {
  if (!place.json.is_array()) return place.wrong("a list of texts is wanted");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < place.json.size(); ++i) {
    ASSIGN_OR_RETURN(texts.emplace_back(), read_text_at(place.at(i)));
  }
  return texts;
}

Result<std::uint64_t> read_number_at(const Place& place) {
  constexpr std::uint64_t kAddressSpace = std::uint64_t{1} << 32;
  constexpr auto kWanted = "a whole number of at most 32 bits is wanted, such as \"0x80000000\"";
  std::uint64_t number = 0;
  if (place.json.is_number_unsigned()) {
    number = place.json.get<std::uint64_t>();
  } else if (place.json.is_string()) {
    std::string_view text = place.json.get_ref<const std::string&>();
    const bool hexadecimal = text.starts_with("0x");
    if (hexadecimal) text.remove_prefix(2);
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, hexadecimal ? 16 : 10);
    if (error != std::errc{} || end != text.data() + text.size()) return place.wrong(kWanted);
  } else {
    return place.wrong(kWanted);
  }
  if (number > kAddressSpace) return place.wrong(kWanted);
  return number;
}

}  // namespace thimble
