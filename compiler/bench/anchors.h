// Figures of other engines for well-known models, to stand beside our own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compiler/base/result.h"

namespace thimble::bench {

/// One kind of figure of an engine.
struct Figure {
  std::string source;                           ///< how it was got
  std::map<std::string, std::uint64_t> values;  ///< by model
};

/// An engine.
struct Anchor {
  std::string name;
  std::string description;
  std::map<std::string, Figure> figures;  ///< "instructions", "flash", "arena"
};

struct Anchors {
  std::map<std::string, std::int64_t> macs;  ///< nominal, by model: tells it from a namesake
  std::vector<Anchor> engines;

  /// Whether the figures are about this model.
  [[nodiscard]] bool know(const std::string& model, std::int64_t nominal_macs) const;
};

/// Reads benchmarks/anchors.json. Damage is kToolFailed.
[[nodiscard]] Result<Anchors> read_anchors(const std::filesystem::path& path);

}  // namespace thimble::bench
