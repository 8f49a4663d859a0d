// Finds the frames of the inference application's protocol in a stream of bytes, and the text
// between them.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "apps/inference/protocol.h"
#include "compiler/base/file.h"

namespace thimble {

struct Frame {
  protocol::MessageType type{};
  std::uint8_t sequence = 0;
  Bytes payload;
};

/// The bytes of a frame on the line.
[[nodiscard]] Bytes encode_frame(const Frame& frame);

class FrameParser {
 public:
  void add(std::span<const std::uint8_t> bytes) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }
  /// The next whole frame, if there is one. Text before it goes to the log.
  [[nodiscard]] std::optional<Frame> next();
  /// Whether a frame has begun but not ended.
  [[nodiscard]] bool within_frame() const { return !buffer_.empty(); }
  /// Gives up the frame under way: its magic was none, or its end is lost.
  void abandon();
  /// How many frames were damaged so far.
  [[nodiscard]] std::size_t damaged() const { return damaged_; }
  /// Printable text between frames.
  [[nodiscard]] const std::string& log() const { return log_; }

 private:
  void drop(std::size_t count);
  Bytes buffer_;
  std::string log_;
  std::size_t damaged_ = 0;
};

}  // namespace thimble
