// Frames over the UART: the target's end of protocol.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "apps/inference/protocol.h"

namespace thimble::inference {

/// The head of a frame under way.
struct Header {
  protocol::MessageType type{};
  std::uint8_t sequence = 0;
  std::uint32_t length = 0;  ///< bytes of payload
};

/// Receives one frame at a time: header, payload piece by piece, then the verdict. A byte that does
/// not come in time makes the frame fail; what follows it is only skipped.
class Receiver {
 public:
  /// Waits for a frame, skipping everything else, and reads its header. Nothing if it was cut off.
  [[nodiscard]] std::optional<Header> header();
  /// Reads the next `target.size()` bytes of the payload.
  void payload(std::span<std::byte> target);
  /// Reads 32 bits of the payload.
  std::uint32_t word();
  /// Reads `bytes` of the payload that nobody wants.
  void skip(std::uint32_t bytes);
  /// Reads the CRC: whether the frame arrived whole.
  [[nodiscard]] bool finish();

 private:
  std::uint8_t next();

  protocol::Crc32 crc_;
  bool alive_ = true;
};

/// Sends one frame: the header when made, then exactly `header.length` bytes of payload, then the
/// CRC.
class Sender {
 public:
  explicit Sender(const Header& header);
  void payload(std::span<const std::byte> bytes);
  void word(std::uint32_t value) { payload(std::as_bytes(std::span(&value, 1))); }
  void finish();

 private:
  protocol::Crc32 crc_;
};

}  // namespace thimble::inference
