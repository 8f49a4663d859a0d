// See frame_parser.h.
#include "compiler/simulate/frame_parser.h"

#include <algorithm>

namespace thimble {
namespace {

using protocol::kCrcBytes;
using protocol::kHeaderBytes;

// No answer is larger: a length above it is damage.
constexpr std::uint32_t kMostPayload = 1u << 28;

constexpr std::size_t kTypeOffset = 2;
constexpr std::size_t kSequenceOffset = 3;
constexpr std::size_t kLengthOffset = 4;

std::uint32_t word_at(const Bytes& bytes, std::size_t offset) {
  return bytes[offset] | std::uint32_t{bytes[offset + 1]} << 8 |
         std::uint32_t{bytes[offset + 2]} << 16 | std::uint32_t{bytes[offset + 3]} << 24;
}

void append_word(Bytes& bytes, std::uint32_t word) {
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<std::uint8_t>(word >> shift));
  }
}

std::uint32_t crc_of(std::span<const std::uint8_t> bytes) {
  protocol::Crc32 crc;
  for (const std::uint8_t byte : bytes) crc.add(byte);
  return crc.value();
}

}  // namespace

Bytes encode_frame(const Frame& frame) {
  Bytes bytes{protocol::kMagic0, protocol::kMagic1, static_cast<std::uint8_t>(frame.type),
              frame.sequence};
  bytes.reserve(kHeaderBytes + frame.payload.size() + kCrcBytes);
  append_word(bytes, static_cast<std::uint32_t>(frame.payload.size()));
  bytes.insert(bytes.end(), frame.payload.begin(), frame.payload.end());
  append_word(bytes, crc_of(std::span(bytes).subspan(kTypeOffset)));
  return bytes;
}

std::optional<Frame> FrameParser::next() {
  constexpr std::uint8_t kMagic[] = {protocol::kMagic0, protocol::kMagic1};
  while (true) {
    auto start = std::ranges::search(buffer_, kMagic).begin();
    if (start == buffer_.end() && !buffer_.empty() && buffer_.back() == kMagic[0]) --start;
    drop(static_cast<std::size_t>(start - buffer_.begin()));
    if (buffer_.size() < kHeaderBytes) return std::nullopt;
    const std::uint32_t length = word_at(buffer_, kLengthOffset);
    if (length > kMostPayload) {
      abandon();
      continue;
    }
    const std::size_t end = kHeaderBytes + length;
    if (buffer_.size() < end + kCrcBytes) return std::nullopt;
    if (crc_of(std::span(buffer_).subspan(kTypeOffset, end - kTypeOffset)) !=
        word_at(buffer_, end)) {
      abandon();
      continue;
    }
    Frame frame{.type = static_cast<protocol::MessageType>(buffer_[kTypeOffset]),
                .sequence = buffer_[kSequenceOffset],
                .payload = Bytes(buffer_.begin() + kHeaderBytes,
                                 buffer_.begin() + static_cast<std::ptrdiff_t>(end))};
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(end + kCrcBytes));
    return frame;
  }
}

void FrameParser::abandon() {
  // Only the mark goes: a whole frame may have begun behind it.
  ++damaged_;
  buffer_.erase(
      buffer_.begin(),
      buffer_.begin() + std::min<std::ptrdiff_t>(2, static_cast<std::ptrdiff_t>(buffer_.size())));
}

void FrameParser::drop(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto character = static_cast<char>(buffer_[i]);
    if (character == '\n' || character == '\t' || (character >= ' ' && character <= '~')) {
      log_.push_back(character);
    }
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace thimble
