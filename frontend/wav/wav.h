// Reads the WAV files that audio models take: RIFF, 16-bit PCM, 16 kHz.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"

namespace thimble {

/// The samples of a 16 kHz, 16-bit PCM file; stereo becomes mono, the mean of both. Anything else,
/// and a damaged or truncated file, is kUsage with a message that names the remedy.
[[nodiscard]] Result<std::vector<std::int16_t>> read_wav(const std::filesystem::path& path);

/// As read_wav(), from the bytes of a file; `name` stands in the messages.
[[nodiscard]] Result<std::vector<std::int16_t>> parse_wav(std::span<const std::uint8_t> bytes,
                                                          std::string_view name);

}  // namespace thimble
