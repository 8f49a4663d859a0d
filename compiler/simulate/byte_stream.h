// A two-way stream of bytes over file descriptors: QEMU's pipes, a socket or a serial device.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "compiler/base/result.h"

namespace thimble {

/// Owns its descriptors and makes them non-blocking.
class ByteStream {
 public:
  /// `in` and `out` may be the same descriptor.
  ByteStream(int in, int out);
  ByteStream(ByteStream&& other) noexcept;
  ByteStream& operator=(ByteStream&& other) noexcept;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  ~ByteStream();

  /// Opens a serial device raw, 8N1, at `baud` bits per second.
  [[nodiscard]] static Result<ByteStream> open_serial(const std::filesystem::path& device,
                                                      int baud);

  /// What one exchange did.
  struct Progress {
    std::size_t written = 0;  ///< of the bytes offered
    std::vector<std::uint8_t> read;
    bool closed = false;  ///< the peer is gone
  };
  /// Writes what goes of `outgoing` and reads what is there, waiting up to `timeout_ms` for either
  /// to become possible. Nothing done and not closed: time-out. What is written to a peer that is
  /// gone counts as written; `closed` comes when all it said was read.
  [[nodiscard]] Result<Progress> exchange(std::span<const std::uint8_t> outgoing, int timeout_ms);

 private:
  int in_ = -1;
  int out_ = -1;
};

}  // namespace thimble
