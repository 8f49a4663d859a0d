// See session.h.
#include "compiler/simulate/session.h"

#include <algorithm>
#include <cstring>

#include "compiler/report/elf.h"
#include "compiler/report/fault_names.h"

namespace thimble {
namespace {

using protocol::MessageType;

constexpr std::string_view kFaultMark = "FAULT:";
constexpr int kAttempts = 4;
/// Silence within a frame of the target's, after which its end is taken for lost.
constexpr int kFrameTimeoutMs = 3'000;
/// Silence after which the target has given up a damaged frame of ours; it does after
/// protocol::kByteTimeoutMilliseconds of its own time.
constexpr int kSettleMs = 5 * protocol::kByteTimeoutMilliseconds;
/// What remains to be said after a fault is said within this.
constexpr int kFaultTimeoutMs = 2'000;

// A structure from the start of a payload.
template <typename Head>
Result<Head> head_of(const Bytes& payload) {
  Head head;
  if (payload.size() < sizeof head) {
    return fail(ExitCode::kToolFailed,
                "the target's answer has {} bytes, too few; is the firmware of this version?",
                payload.size());
  }
  std::memcpy(&head, payload.data(), sizeof head);
  return head;
}

std::vector<std::uint32_t> words_of(std::span<const std::uint8_t> bytes) {
  std::vector<std::uint32_t> words(bytes.size() / 4);
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), words.size() * 4);
  return words;
}

// The lines that hold `mark`.
std::vector<std::string> lines_with(const std::string& log, std::string_view mark) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t end = std::min(log.find('\n', at), log.size());
    const std::string line = log.substr(at, end - at);
    if (!line.empty() && line.find(mark) != std::string::npos) lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

// The last three lines as one.
std::string last_words(const std::string& log) {
  constexpr std::size_t kLast = 3;
  std::vector<std::string> lines = lines_with(log, "");
  if (lines.size() > kLast) lines.erase(lines.begin(), lines.end() - kLast);
  return lines.empty() ? "(it said nothing)" : fmt::format("{}", fmt::join(lines, " | "));
}

}  // namespace

bool Session::has_faulted() const {
  return log().find(kFaultMark) != std::string::npos;
}

// The fault's lines as one, with names for addresses.
std::string Session::fault_report() const {
  std::vector<std::string> lines = lines_with(log(), kFaultMark);
  if (const Result<ElfFile> elf = ElfFile::open(elf_)) {
    for (std::string& line : lines) line = with_function_names(*elf, line);
  }
  return fmt::format("{}", fmt::join(lines, " | "));
}

std::unexpected<Error> Session::target_failed(std::string_view how) const {
  if (has_faulted()) {
    return fail(ExitCode::kToolFailed, "the target faulted: {}", fault_report());
  }
  return fail(ExitCode::kToolFailed, "the target {}; its last words: {}", how, last_words(log()));
}

// Sends the request and reads until its answer, or what shows that there will be none.
Result<Session::Answer> Session::attempt(const Bytes& request, const Frame& wanted, Bytes& answer) {
  std::span<const std::uint8_t> outgoing = request;
  const std::size_t damaged_before = parser_.damaged();
  while (true) {
    int patience = timeout_ms_ / kAttempts;
    if (parser_.within_frame()) patience = std::min(patience, kFrameTimeoutMs);
    if (has_faulted()) patience = kFaultTimeoutMs;
    ASSIGN_OR_RETURN(const auto progress, stream_.exchange(outgoing, patience));
    outgoing = outgoing.subspan(progress.written);
    parser_.add(progress.read);
    const bool silent = progress.read.empty() && progress.written == 0;
    if (silent && !progress.closed && parser_.within_frame()) parser_.abandon();
    while (auto frame = parser_.next()) {
      if (frame->type == MessageType::kNak) return Answer::kDamaged;
      if (frame->type != wanted.type || frame->sequence != wanted.sequence) continue;  // a late one
      answer = std::move(frame->payload);
      return Answer::kWhole;
    }
    if (progress.closed) return target_failed("ended early");
    if (silent && has_faulted()) return target_failed("faulted");
    if (parser_.damaged() != damaged_before) return Answer::kDamaged;
    if (silent) return Answer::kSilence;
  }
}

// Waits until nothing comes, so that the next frame meets a target that listens for its start.
Status Session::settle() {
  while (true) {
    ASSIGN_OR_RETURN(const auto progress, stream_.exchange({}, kSettleMs));
    parser_.add(progress.read);
    while (parser_.next()) {
    }
    if (progress.closed) return target_failed("ended early");
    if (!progress.read.empty()) continue;
    if (parser_.within_frame()) parser_.abandon();
    if (!parser_.within_frame()) return {};
  }
}

Result<Bytes> Session::request(MessageType type, Bytes payload) {
  Frame frame{.type = type, .sequence = ++sequence_, .payload = std::move(payload)};
  const Bytes bytes = encode_frame(frame);
  bool silent = false;
  for (int i = 0; i < kAttempts; ++i) {
    Bytes answer;
    ASSIGN_OR_RETURN(const Answer result, attempt(bytes, frame, answer));
    if (result == Answer::kWhole) return answer;
    silent = result == Answer::kSilence;
    if (!silent) TRY(settle());
  }
  if (silent) return target_failed(fmt::format("was silent for {} s", timeout_ms_ / 1000));
  return target_failed(fmt::format("damaged {} frames in a row; check the line", kAttempts));
}

Result<TargetInfo> Session::info() {
  ASSIGN_OR_RETURN(const Bytes payload, request(MessageType::kInfo, {}));
  ASSIGN_OR_RETURN(const auto head, head_of<protocol::InfoAnswer>(payload));
  const std::uint64_t tensors = std::uint64_t{head.input_count} + head.output_count;
  if (head.version != protocol::kVersion || tensors > (payload.size() - sizeof head) / 4) {
    return fail(ExitCode::kToolFailed,
                "the target speaks version {} of the protocol, this host version {}; compile the "
                "firmware again",
                head.version, protocol::kVersion);
  }
  const auto sizes = words_of(std::span(payload).subspan(sizeof head, tensors * 4));
  const auto inputs_end = sizes.begin() + head.input_count;
  return TargetInfo{
      .model = std::string(payload.begin() + static_cast<std::ptrdiff_t>(sizeof head + tensors * 4),
                           payload.end()),
      .arena_bytes = head.arena_bytes,
      .step_count = head.step_count,
      .input_bytes = {sizes.begin(), inputs_end},
      .output_bytes = {inputs_end, sizes.end()}};
}

// What the request that computes brings: all inputs; or nothing, after they were fed.
Result<Bytes> Session::whole_or_fed(std::span<const std::uint8_t> inputs, std::size_t row_bytes) {
  if (row_bytes == 0) return Bytes(inputs.begin(), inputs.end());
  const std::size_t rows = inputs.size() / row_bytes;
  std::size_t next = 0;
  std::size_t count = 0;
  do {
    Bytes payload(sizeof(std::uint32_t));
    const auto first = static_cast<std::uint32_t>(next);
    std::memcpy(payload.data(), &first, sizeof first);
    const auto piece = inputs.subspan(next * row_bytes, count * row_bytes);
    payload.insert(payload.end(), piece.begin(), piece.end());
    ASSIGN_OR_RETURN(const Bytes said, request(MessageType::kFeed, std::move(payload)));
    ASSIGN_OR_RETURN(const auto answer, head_of<protocol::FeedAnswer>(said));
    if (answer.status != 0) {
      return fail(ExitCode::kToolFailed, "the model failed on the target with status {}",
                  answer.status);
    }
    if (answer.next_row != next + count || (answer.room == 0 && answer.next_row != rows)) {
      return fail(ExitCode::kToolFailed,
                  "the target has {} rows of the input after {} were sent, and room for {}",
                  answer.next_row, next + count, answer.room);
    }
    next = answer.next_row;
    count = std::min<std::size_t>(answer.room, rows - next);
  } while (next < rows);
  return Bytes();
}

Result<Inference> Session::infer(std::span<const std::uint8_t> inputs, std::size_t row_bytes) {
  ASSIGN_OR_RETURN(Bytes brought, whole_or_fed(inputs, row_bytes));
  ASSIGN_OR_RETURN(Bytes payload, request(MessageType::kRun, std::move(brought)));
  ASSIGN_OR_RETURN(const auto head, head_of<protocol::RunAnswer>(payload));
  if (head.status == protocol::kWrongInputSize) {
    return fail(ExitCode::kUsage, "the target's model takes another input size than {} bytes",
                inputs.size());
  }
  if (head.status != 0) {
    return fail(ExitCode::kToolFailed, "the model failed on the target with status {}",
                head.status);
  }
  payload.erase(payload.begin(), payload.begin() + sizeof head);
  return Inference{
      .outputs = std::move(payload),
      .instructions = std::uint64_t{head.instructions_high} << 32 | head.instructions_low};
}

Result<protocol::StatisticsAnswer> Session::statistics() {
  ASSIGN_OR_RETURN(const Bytes payload, request(MessageType::kStatistics, {}));
  return head_of<protocol::StatisticsAnswer>(payload);
}

Result<std::vector<std::uint32_t>> Session::profile(std::span<const std::uint8_t> inputs,
                                                    std::size_t row_bytes) {
  ASSIGN_OR_RETURN(Bytes brought, whole_or_fed(inputs, row_bytes));
  ASSIGN_OR_RETURN(const Bytes payload, request(MessageType::kProfile, std::move(brought)));
  std::vector<std::uint32_t> steps = words_of(payload);
  if (std::ranges::find(steps, protocol::kStepFailed) != steps.end())
    return fail(ExitCode::kToolFailed, "a step of the model failed on the target");
  return steps;
}

Result<Bytes> Session::trace() {
  return request(MessageType::kTrace, {});
}

Status Session::quit() {
  ASSIGN_OR_RETURN([[maybe_unused]] const Bytes payload, request(MessageType::kQuit, {}));
  return {};
}

void Session::take(std::span<const std::uint8_t> bytes) {
  parser_.add(bytes);
  while (auto frame = parser_.next()) last_frame_ = std::move(frame);
  if (listener_ && heard_ < log().size()) listener_(std::string_view(log()).substr(heard_));
  heard_ = log().size();
}

Status Session::wait_for(std::string_view mark) {
  while (true) {
    if (const auto at = log().find(mark, waited_for_); at != std::string::npos) {
      waited_for_ = at + mark.size();
      return {};
    }
    ASSIGN_OR_RETURN(const auto progress, stream_.exchange({}, timeout_ms_));
    take(progress.read);
    if (progress.closed) return target_failed("ended early");
    if (progress.read.empty()) {
      return target_failed(has_faulted() ? std::string("faulted")
                                         : fmt::format("was silent for {} s", timeout_ms_ / 1000));
    }
  }
}

Status Session::type(std::string_view text) {
  std::span<const std::uint8_t> outgoing(reinterpret_cast<const std::uint8_t*>(text.data()),
                                         text.size());
  while (!outgoing.empty()) {
    ASSIGN_OR_RETURN(const auto progress, stream_.exchange(outgoing, timeout_ms_));
    outgoing = outgoing.subspan(progress.written);
    take(progress.read);
    if (progress.closed) return target_failed("ended early");
    if (progress.written == 0 && progress.read.empty()) return target_failed("takes no input");
  }
  return {};
}

Status Session::read_to_end() {
  while (true) {
    ASSIGN_OR_RETURN(const auto progress, stream_.exchange({}, timeout_ms_));
    take(progress.read);
    if (progress.closed) return {};
    if (progress.read.empty()) {
      return target_failed(fmt::format("was silent for {} s", timeout_ms_ / 1000));
    }
  }
}

}  // namespace thimble
