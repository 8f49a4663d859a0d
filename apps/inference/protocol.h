// The wire format between the host and the inference application, shared by both. The host asks,
// the target answers; each is one frame. Any byte stream serves: QEMU's standard input and output
// or a serial line.
//
//   frame   = magic (2 bytes) | type (1) | sequence (1) | length (4) | payload (length bytes) |
//   CRC-32 (4)
//
// All numbers are little-endian. The CRC covers type to payload. Text may stand between frames: the
// magic holds no ASCII. A request is safe to repeat (the inputs always come with it), so the target
// keeps no history: the host repeats a request until an answer of the same type and sequence number
// arrives whole, and drops other answers. A frame that arrives damaged or cut off is answered by
// kNak. What comes before the target listens is lost without a word: the host opens with kInfo,
// again each second until it is answered.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace thimble::protocol {

inline constexpr std::uint32_t kVersion = 1;

inline constexpr std::uint8_t kMagic0 = 0xd7;
inline constexpr std::uint8_t kMagic1 = 0x8e;
inline constexpr std::size_t kHeaderBytes = 8;  ///< magic to length
inline constexpr std::size_t kCrcBytes = 4;

/// Silence within a frame after which the target takes it for cut off.
inline constexpr std::uint32_t kByteTimeoutMilliseconds = 20;

/// What a frame is. An answer has the type of its request.
enum class MessageType : std::uint8_t {
  kInfo = 1,        ///< -> InfoAnswer, names and sizes
  kRun = 2,         ///< payload: all inputs in order -> RunAnswer, all outputs in order
  kStatistics = 3,  ///< -> StatisticsAnswer
  kProfile = 4,     ///< payload: all inputs in order -> u32 per step: the instructions that its
                    ///< function retired. Empty if not compiled in, or for inputs of wrong size
  kQuit = 5,        ///< -> empty; then the program ends with exit code 0
  kTrace = 6,       ///< -> TraceAnswer, events; kNak if there is no trace
  kFeed = 7,        ///< payload: u32 first row, rows of the input -> FeedAnswer. For firmware whose
                    ///< model is fed; there kRun and kProfile come without inputs, after all rows
  kNak = 0x7f       ///< the frame was damaged: send it again
};

/// Followed by input_count + output_count times u32, each tensor's bytes, then the model's name,
/// unterminated, to the end of the payload.
struct InfoAnswer {
  std::uint32_t version;
  std::uint32_t arena_bytes;
  std::uint32_t step_count;
  std::uint32_t input_count;
  std::uint32_t output_count;
};
static_assert(sizeof(InfoAnswer) == 20);

/// Followed by all outputs in order if status is 0.
struct RunAnswer {
  std::uint32_t status;            ///< runtime::Status's value, or kWrongInputSize
  std::uint32_t instructions_low;  ///< retired by the walk of the plan alone, 64 bits in halves
  std::uint32_t instructions_high;
};
static_assert(sizeof(RunAnswer) == 12);

/// The first row of a kFeed is 0 and no row follows: an inference begins. Rows are taken if they
/// are the next ones and there is room for all; else nothing changes. So a repeated frame does no
/// harm.
struct FeedAnswer {
  std::uint32_t status;    ///< runtime::Status's value
  std::uint32_t next_row;  ///< that is wanted
  std::uint32_t room;      ///< rows that the next frame may bring; 0 after the last row
};
static_assert(sizeof(FeedAnswer) == 12);

/// A RunAnswer's status if the payload had not the size of the inputs. Nothing ran.
inline constexpr std::uint32_t kWrongInputSize = 0xff;

/// In the answer to kProfile: the step failed, and those after it mean nothing.
inline constexpr std::uint32_t kStepFailed = 0xffff'ffff;

/// Bytes. A peak is the most since reset.
struct StatisticsAnswer {
  std::uint32_t main_stack_size;
  std::uint32_t main_stack_peak;
  std::uint32_t trap_stack_size;
  std::uint32_t trap_stack_peak;
};
static_assert(sizeof(StatisticsAnswer) == 16);

/// Followed by the events, oldest first, as kernel/trace.h has them. Times are cycles, 64 bits in
/// halves.
struct TraceAnswer {
  std::uint32_t lost;   ///< events that were overwritten
  std::uint32_t epoch;  ///< the high half of the last event's time
  std::uint32_t begin_low, begin_high;
  std::uint32_t end_low, end_high;
};
static_assert(sizeof(TraceAnswer) == 24);

inline constexpr auto kCrcTable = [] {
  std::array<std::uint32_t, 16> table{};
  for (std::uint32_t nibble = 0; nibble < 16; ++nibble) {
    std::uint32_t value = nibble;
    for (int bit = 0; bit < 4; ++bit) value = (value >> 1U) ^ ((value & 1U) * 0xedb8'8320U);
    table[nibble] = value;
  }
  return table;
}();

/// CRC-32 (the one of Ethernet and zlib) by half bytes: start with an empty one, add bytes, take
/// the value.
class Crc32 {
 public:
  constexpr void add(std::uint8_t byte) {
    state_ ^= byte;
    state_ = (state_ >> 4U) ^ kCrcTable[state_ & 0xfU];
    state_ = (state_ >> 4U) ^ kCrcTable[state_ & 0xfU];
  }
  [[nodiscard]] constexpr std::uint32_t value() const { return ~state_; }

 private:
  std::uint32_t state_ = 0xffff'ffffU;
};

static_assert(
    [] {
      Crc32 crc;
      for (const char digit : {'1', '2', '3', '4', '5', '6', '7', '8', '9'}) {
        crc.add(static_cast<std::uint8_t>(digit));
      }
      return crc.value();
    }() == 0xcbf4'3926U,
    "the check value that CRC-32 is known by");

}  // namespace thimble::protocol
