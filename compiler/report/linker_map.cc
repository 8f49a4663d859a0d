// See linker_map.h.
#include "compiler/report/linker_map.h"

#include <charconv>
#include <string_view>

#include "compiler/base/file.h"

namespace thimble {
namespace {

// Takes the next word off `line`; empty at its end.
std::string_view take_word(std::string_view& line) {
  const auto start = line.find_first_not_of(' ');
  if (start == std::string_view::npos) return line = {};
  const auto end = std::min(line.find(' ', start), line.size());
  const std::string_view word = line.substr(start, end - start);
  line.remove_prefix(end);
  return word;
}

bool read_hexadecimal(std::string_view word, std::uint32_t& number) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number, 16);
  return error == std::errc{} && end == word.data() + word.size();
}

}  // namespace

// Lines are "VMA LMA size align name", where the name is indented by 1 (output section), 9 (input
// section, "object:(section)") or 17 (symbol) columns.
Result<std::vector<Placement>> read_linker_map(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string text, read_text(path));
  constexpr std::size_t kInputIndent = 9;
  std::vector<Placement> placements;
  std::string_view rest = text;
  if (rest.substr(0, rest.find('\n')).find("VMA      LMA     Size Align Out     In      Symbol") ==
      std::string_view::npos) {
    return fail(ExitCode::kUsage, "{}: is no map file of ld.lld", path.string());
  }
  for (std::size_t number = 1; !rest.empty(); ++number) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (number == 1 || line.empty()) continue;
    Placement placement;
    std::uint32_t load_address = 0;
    if (!read_hexadecimal(take_word(line), placement.address) ||
        !read_hexadecimal(take_word(line), load_address) ||
        !read_hexadecimal(take_word(line), placement.size) || take_word(line).empty()) {
      return fail(ExitCode::kUsage, "{}:{}: is no line of a map file", path.string(), number);
    }
    const auto name = line.find_first_not_of(' ');
    const auto separator = line.rfind(":(");
    if (name != kInputIndent || separator == std::string_view::npos || placement.size == 0) {
      continue;
    }
    placement.object = line.substr(name, separator - name);
    placement.section = line.substr(separator + 2, line.size() - separator - 3);
    placements.push_back(std::move(placement));
  }
  return placements;
}

}  // namespace thimble
