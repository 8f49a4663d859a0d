// What the kernel's operations cost: the figures that apps/kernel-benchmark prints, beside those of
// other kernels.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/base/result.h"

namespace thimble::bench {

/// Another kernel. Keys are those of kernel_figures().
struct KernelAnchor {
  std::string name;
  std::string source;
  std::map<std::string, std::uint64_t> figures;
};

/// The "kernels" of benchmarks/anchors.json. Damage is kToolFailed.
[[nodiscard]] Result<std::vector<KernelAnchor>> read_kernel_anchors(
    const std::filesystem::path& path);

/// The contract's object of one configuration, from what the firmware said and its kernel's bytes
/// of code. A figure is the most of its repetitions; those whose least differs stand in "least",
/// too. A figure that is missing is kToolFailed.
[[nodiscard]] Result<nlohmann::ordered_json> kernel_figures(const std::string& output,
                                                            std::uint64_t text);

/// A row for each figure, a column for each configuration of `kernel` and each anchor.
[[nodiscard]] std::string kernel_table(const nlohmann::ordered_json& kernel,
                                       const std::vector<KernelAnchor>& anchors);

}  // namespace thimble::bench
