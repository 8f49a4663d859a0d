// See tiles.h. The sizes stand in attributes such as
//   #iree_cpu.lowering_config<distribution = [1, 5, 32, 0], vector_common_parallel = [1, 5, 16, 0]>
// with 0 for dimensions that are not cut.
#include "compiler/iree/tiles.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/mlir/operation.h"

namespace thimble::iree {
namespace {

constexpr std::string_view kConfiguration = "#iree_cpu.lowering_config<";

// One list, "[1, 5, 16, 0]". Lists in lists, for vectors of unknown length, stay.
std::string narrowed(std::string_view list, bool reduces, int width) {
  if (list.substr(1).find('[') != std::string_view::npos) return std::string(list);
  std::vector<std::int64_t> sizes = mlir::integers(list);
  const auto innermost =
      std::find_if(sizes.rbegin(), sizes.rend(), [](auto size) { return size > 0; });
  for (auto size = sizes.rbegin(); size != sizes.rend(); ++size)
    *size = std::min<std::int64_t>(*size, size == innermost && !reduces ? width : 1);
  return fmt::format("[{}]", fmt::join(sizes, ", "));
}

// What stands between the brackets of a configuration.
std::string narrowed_configuration(std::string_view text, int width) {
  std::string result;
  std::size_t at = 0;
  for (;;) {
    const std::size_t key = text.find("vector_", at);
    const std::size_t open = text.find('[', key);
    const std::size_t close = text.find(']', open);
    if (close == std::string_view::npos) return result.append(text.substr(at));
    const bool reduces = text.substr(key, open - key).find("reduction") != std::string_view::npos;
    result.append(text.substr(at, open - at));
    result.append(narrowed(text.substr(open, close + 1 - open), reduces, width));
    at = close + 1;
  }
}

}  // namespace

std::string with_narrow_tiles(std::string_view program, int width) {
  std::string result;
  result.reserve(program.size());
  std::size_t at = 0;
  for (;;) {
    const std::size_t start = program.find(kConfiguration, at);
    const std::size_t end = program.find('>', start);
    if (end == std::string_view::npos) return result.append(program.substr(at));
    result.append(program.substr(at, start - at));
    result.append(narrowed_configuration(program.substr(start, end - start), width));
    at = end;
  }
}

}  // namespace thimble::iree
