// See anchors.h.
#include "compiler/bench/anchors.h"

#include <nlohmann/json.hpp>

#include "compiler/base/file.h"

namespace thimble::bench {

using nlohmann::json;

bool Anchors::know(const std::string& model, std::int64_t nominal_macs) const {
  const auto found = macs.find(model);
  return found != macs.end() && found->second == nominal_macs;
}

Result<Anchors> read_anchors(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string text, read_text(path));
  try {
    const json root = json::parse(text);
    Anchors anchors{root.at("macs").get<std::map<std::string, std::int64_t>>(), {}};
    for (const json& engine : root.at("anchors")) {
      Anchor anchor{engine.at("name"), engine.at("description"), {}};
      for (const auto& [kind, figure] : engine.at("figures").items()) {
        anchor.figures[kind] = {figure.at("source"),
                                figure.at("values").get<std::map<std::string, std::uint64_t>>()};
      }
      anchors.engines.push_back(std::move(anchor));
    }
    return anchors;
  } catch (const json::exception& error) {
    return fail(ExitCode::kToolFailed, "{}: {}", path.string(), error.what());
  }
}

}  // namespace thimble::bench
