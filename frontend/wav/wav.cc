// See wav.h.
#include "frontend/wav/wav.h"

#include <algorithm>
#include <optional>

#include "compiler/base/file.h"

namespace thimble {
namespace {

using ByteSpan = std::span<const std::uint8_t>;

constexpr std::uint32_t kRate = 16000;
constexpr std::uint32_t kPcm = 1;
constexpr std::uint32_t kExtensible = 0xfffe;  // The true format follows later in the chunk.
constexpr std::size_t kSubformatOffset = 24;

std::uint32_t little_endian(ByteSpan bytes, std::size_t offset, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= static_cast<std::uint32_t>(bytes[offset + i]) << (8 * i);
  }
  return value;
}

bool has_tag(ByteSpan bytes, std::size_t offset, std::string_view tag) {
  return bytes.size() >= offset + tag.size() &&
         std::string_view(reinterpret_cast<const char*>(bytes.data()) + offset, tag.size()) == tag;
}

// Returns the number of channels, 1 or 2.
Result<std::size_t> check_format(ByteSpan chunk, std::string_view name) {
  if (chunk.size() < 16) {
    return fail(ExitCode::kUsage, "{}: damaged WAV: the fmt chunk has {} bytes, 16 are needed",
                name, chunk.size());
  }
  std::uint32_t format = little_endian(chunk, 0, 2);
  if (format == kExtensible && chunk.size() >= kSubformatOffset + 2) {
    format = little_endian(chunk, kSubformatOffset, 2);
  }
  const std::uint32_t channels = little_endian(chunk, 2, 2);
  const std::uint32_t rate = little_endian(chunk, 4, 4);
  const std::uint32_t bits = little_endian(chunk, 14, 2);
  if (format != kPcm || bits != 16 || rate != kRate || channels < 1 || channels > 2) {
    return fail(ExitCode::kUsage,
                "{}: {} Hz, {} bits, {} channels, format {}; 16000 Hz 16-bit PCM is needed: "
                "sox '{}' -r 16000 -b 16 -c 1 -e signed-integer converted.wav",
                name, rate, bits, channels, format, name);
  }
  return channels;
}

std::vector<std::int16_t> mix_down(ByteSpan data, std::size_t channels) {
  std::vector<std::int16_t> samples(data.size() / (2 * channels));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    int sum = 0;
    for (std::size_t c = 0; c < channels; ++c) {
      sum += static_cast<std::int16_t>(little_endian(data, (i * channels + c) * 2, 2));
    }
    samples[i] = static_cast<std::int16_t>(sum >> (channels - 1));
  }
  return samples;
}

}  // namespace

Result<std::vector<std::int16_t>> parse_wav(ByteSpan bytes, std::string_view name) {
  if (!has_tag(bytes, 0, "RIFF") || !has_tag(bytes, 8, "WAVE")) {
    return fail(ExitCode::kUsage, "{}: not a WAV file (no RIFF/WAVE header); give a 16 kHz WAV",
                name);
  }
  std::optional<std::size_t> channels;
  std::size_t offset = 12;
  while (bytes.size() - offset >= 8) {
    const std::size_t size = little_endian(bytes, offset + 4, 4);
    const std::size_t begin = offset + 8;
    const std::size_t available = bytes.size() - begin;
    if (size > available) {
      return fail(ExitCode::kUsage,
                  "{}: truncated WAV: the chunk at byte {} announces {} bytes, {} are there; copy "
                  "or convert the file again (sox writes sizes right to a file, not to a pipe)",
                  name, offset, size, available);
    }
    const ByteSpan chunk = bytes.subspan(begin, size);
    if (has_tag(bytes, offset, "fmt ")) {
      ASSIGN_OR_RETURN(channels, check_format(chunk, name));
    } else if (has_tag(bytes, offset, "data")) {
      if (!channels) {
        return fail(ExitCode::kUsage, "{}: damaged WAV: data before the fmt chunk", name);
      }
      if (size % (2 * *channels) != 0) {
        return fail(ExitCode::kUsage, "{}: damaged WAV: {} bytes of data are not whole samples",
                    name, size);
      }
      return mix_down(chunk, *channels);
    }
    offset = begin + std::min(size + size % 2, available);  // Chunks start at even offsets.
  }
  return fail(ExitCode::kUsage, "{}: truncated WAV: no data chunk; copy or convert the file again",
              name);
}

Result<std::vector<std::int16_t>> read_wav(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, read_file(path));
  return parse_wav(bytes, path.string());
}

}  // namespace thimble
