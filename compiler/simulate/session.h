// The host's side of the inference application's protocol (apps/inference/protocol.h), over any
// stream of bytes: QEMU or a real board alike.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "apps/inference/protocol.h"
#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/simulate/byte_stream.h"
#include "compiler/simulate/frame_parser.h"

namespace thimble {

/// What the target says about its model. Sizes are bytes, tensor by tensor.
struct TargetInfo {
  std::string model;
  std::uint32_t arena_bytes = 0;
  std::uint32_t step_count = 0;
  std::vector<std::uint32_t> input_bytes;
  std::vector<std::uint32_t> output_bytes;
};

struct Inference {
  Bytes outputs;  ///< all of them, in order, little-endian
  std::uint64_t instructions = 0;
};

/// Requests repeat themselves when a frame is lost or damaged, three times. Then, and on a fault or
/// an early end of the target (its last words are quoted) or its silence, the error is kToolFailed.
class Session {
 public:
  /// `elf`, if known, is the program that runs: its functions are named where it faults.
  explicit Session(ByteStream stream, std::filesystem::path elf = {})
      : stream_(std::move(stream)), elf_(std::move(elf)) {}

  /// The longest silence in which the target may compute. 120 s at first.
  void set_timeout(int seconds) { timeout_ms_ = seconds * 1000; }

  [[nodiscard]] Result<TargetInfo> info();
  /// `inputs`: all inputs, in order, little-endian. A wrong size is kUsage.
  [[nodiscard]] Result<Inference> infer(std::span<const std::uint8_t> inputs);
  /// Sizes and peaks of the stacks.
  [[nodiscard]] Result<protocol::StatisticsAnswer> statistics();
  /// Instructions that the function of each step of the plan retires for these inputs; empty if the
  /// firmware does not count them.
  [[nodiscard]] Result<std::vector<std::uint32_t>> profile(std::span<const std::uint8_t> inputs);
  /// Asks the target to end; it answers, then ends.
  [[nodiscard]] Status quit();

  /// For programs that speak no protocol: reads until the target closes the line.
  [[nodiscard]] Status read_to_end();

  /// Text that came between frames: banner, messages, faults.
  [[nodiscard]] const std::string& log() const { return parser_.log(); }

  /// The error that the target `how`, with its fault or its last words.
  [[nodiscard]] std::unexpected<Error> target_failed(std::string_view how) const;

 private:
  [[nodiscard]] Result<Bytes> request(protocol::MessageType type, Bytes payload);
  enum class Answer { kWhole, kDamaged, kSilence };
  [[nodiscard]] Result<Answer> attempt(const Bytes& request, const Frame& wanted, Bytes& answer);
  [[nodiscard]] Status settle();
  [[nodiscard]] bool has_faulted() const;
  [[nodiscard]] std::string fault_report() const;

  ByteStream stream_;
  std::filesystem::path elf_;
  FrameParser parser_;
  int timeout_ms_ = 120'000;
  std::uint8_t sequence_ = 0;
};

}  // namespace thimble
