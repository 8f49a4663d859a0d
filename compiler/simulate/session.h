// The host's side of the inference application's protocol (apps/inference/protocol.h), over any
// stream of bytes: QEMU or a real board alike.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/simulate/byte_stream.h"

namespace thimble {

/// What the target says about its model.
struct TargetInfo {
  std::uint32_t input_bytes = 0;   ///< all inputs, in order
  std::uint32_t output_bytes = 0;  ///< all outputs, in order
};

struct Inference {
  Bytes outputs;  ///< all of them, in order, little-endian
  std::uint64_t instructions = 0;
};

struct TargetStatistics {
  std::uint64_t stack_peak = 0;  ///< bytes of stack touched so far, all tasks and interrupts
};

/// Errors are kToolFailed: a fault or early end of the target (its last words are quoted), silence
/// for the time-out, or a frame that failed four times.
class Session {
 public:
  explicit Session(ByteStream stream) : stream_(std::move(stream)) {}

  /// Silence after which the target counts as hanging. 120 s at first.
  void set_timeout(int seconds) { timeout_seconds_ = seconds; }

  [[nodiscard]] Result<TargetInfo> info();
  /// `inputs`: all inputs, in order, little-endian.
  [[nodiscard]] Result<Inference> infer(std::span<const std::uint8_t> inputs);
  [[nodiscard]] Result<TargetStatistics> statistics();
  /// Asks the target to end.
  [[nodiscard]] Status quit();

  /// Text that came between frames: banner, messages, faults.
  [[nodiscard]] const std::string& log() const { return log_; }

 private:
  ByteStream stream_;
  int timeout_seconds_ = 120;
  std::string log_;
};

}  // namespace thimble
