// The host's side of the inference application's protocol (apps/inference/protocol.h), over any
// stream of bytes: QEMU or a real board alike.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
  /// `inputs`: all inputs, in order, little-endian. A wrong size is kUsage. `row_bytes`, if not 0:
  /// the firmware's model is fed, with rows of so many bytes.
  [[nodiscard]] Result<Inference> infer(std::span<const std::uint8_t> inputs,
                                        std::size_t row_bytes = 0);
  /// Sizes and peaks of the stacks.
  [[nodiscard]] Result<protocol::StatisticsAnswer> statistics();
  /// Instructions that the function of each step of the plan retires for these inputs; empty if the
  /// firmware does not count them.
  [[nodiscard]] Result<std::vector<std::uint32_t>> profile(std::span<const std::uint8_t> inputs,
                                                           std::size_t row_bytes = 0);
  /// What the trace holds, as the target sends it (compiler/trace); kToolFailed if it has none.
  [[nodiscard]] Result<Bytes> trace();
  /// Asks the target to end; it answers, then ends.
  [[nodiscard]] Status quit();

  /// For programs with a shell: hears what they say from now on, as they say it.
  void set_listener(std::function<void(std::string_view)> listener) {
    listener_ = std::move(listener);
  }
  /// Reads until `mark` stands in the text behind the last one that was waited for; a frame on the
  /// way is kept.
  [[nodiscard]] Status wait_for(std::string_view mark);
  /// Types `text` as it stands.
  [[nodiscard]] Status type(std::string_view text);
  /// The last frame that came while text was waited for.
  [[nodiscard]] const std::optional<Frame>& last_frame() const { return last_frame_; }

  /// For programs that speak no protocol: reads until the target closes the line.
  [[nodiscard]] Status read_to_end();

  /// Text that came between frames: banner, messages, faults.
  [[nodiscard]] const std::string& log() const { return parser_.log(); }

  /// The error that the target `how`, with its fault or its last words.
  [[nodiscard]] std::unexpected<Error> target_failed(std::string_view how) const;

 private:
  [[nodiscard]] Result<Bytes> whole_or_fed(std::span<const std::uint8_t> inputs,
                                           std::size_t row_bytes);
  [[nodiscard]] Result<Bytes> request(protocol::MessageType type, Bytes payload);
  enum class Answer { kWhole, kDamaged, kSilence };
  [[nodiscard]] Result<Answer> attempt(const Bytes& request, const Frame& wanted, Bytes& answer);
  [[nodiscard]] Status settle();
  [[nodiscard]] bool has_faulted() const;
  void take(std::span<const std::uint8_t> bytes);
  [[nodiscard]] std::string fault_report() const;

  ByteStream stream_;
  std::filesystem::path elf_;
  FrameParser parser_;
  int timeout_ms_ = 120'000;
  std::uint8_t sequence_ = 0;
  std::size_t waited_for_ = 0;  ///< how much of the log
  std::size_t heard_ = 0;       ///< likewise, by the listener
  std::function<void(std::string_view)> listener_;
  std::optional<Frame> last_frame_;
};

}  // namespace thimble
