// The host's side of the protocol against a peer that loses, damages and repeats frames.
#include "compiler/simulate/session.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <deque>
#include <memory>
#include <thread>

namespace thimble {
namespace {

using protocol::MessageType;

// What the peer does with one request.
enum class Act {
  kAnswer,
  kIgnore,
  kDamage,
  kRepeat,
  kNak,
  kCutOff,
  kStale,
  kFault,
  kLeave,
  kTextFirst
};

// A target that answers kRun by each input byte plus one, after misbehaving as told. Rows that it
// is fed come before.
class Peer {
 public:
  Peer(int descriptor, std::deque<Act> acts) : descriptor_(descriptor), acts_(std::move(acts)) {
    thread_ = std::thread([this] {
      serve();
      ::shutdown(descriptor_, SHUT_RDWR);
    });
  }
  ~Peer() {
    thread_.join();
    ::close(descriptor_);
  }

 private:
  static constexpr std::uint32_t kRows = 5;
  static constexpr std::uint32_t kRowBytes = 3;

  void serve() {
    send_text("a banner of the target\n");
    std::uint8_t buffer[4096];
    ssize_t count = 0;
    while ((count = ::read(descriptor_, buffer, sizeof buffer)) > 0) {
      parser_.add(std::span(buffer, static_cast<std::size_t>(count)));
      while (auto frame = parser_.next()) {
        const Act act = acts_.empty() ? Act::kAnswer : acts_.front();
        if (!acts_.empty()) acts_.pop_front();
        if (!answer(*frame, act)) return;
      }
    }
  }

  // As apps/inference takes rows: those that are the next ones and fit; others do no harm.
  Bytes take_rows(const Frame& request) {
    std::uint32_t first = 0;
    std::memcpy(&first, request.payload.data(), sizeof first);
    const Bytes brought(request.payload.begin() + sizeof first, request.payload.end());
    const auto next = [&] { return static_cast<std::uint32_t>(fed_.size()) / kRowBytes; };
    const auto room = [&] { return std::min(next() == 2 ? 1U : 2U, kRows - next()); };
    if (first == 0 && brought.empty()) {
      fed_.clear();
    } else if (first == next() && brought.size() <= std::size_t{room()} * kRowBytes) {
      fed_.insert(fed_.end(), brought.begin(), brought.end());
    }
    const protocol::FeedAnswer answer{0, next(), room()};
    Bytes payload(sizeof answer);
    std::memcpy(payload.data(), &answer, sizeof answer);
    return payload;
  }

  Frame right_answer(const Frame& request) {
    Frame frame{.type = request.type, .sequence = request.sequence, .payload = {}};
    if (request.type == MessageType::kFeed) frame.payload = take_rows(request);
    if (request.type == MessageType::kRun) {
      const protocol::RunAnswer head{0, 7, 1};
      frame.payload.resize(sizeof head);
      std::memcpy(frame.payload.data(), &head, sizeof head);
      for (const std::uint8_t byte : request.payload.empty() ? fed_ : request.payload) {
        frame.payload.push_back(static_cast<std::uint8_t>(byte + 1));
      }
    }
    if (request.type == MessageType::kInfo) {
      const std::uint32_t words[] = {protocol::kVersion, 100, 3, 2, 1, 10, 20, 30};
      frame.payload.resize(sizeof words);
      std::memcpy(frame.payload.data(), words, sizeof words);
      for (const char letter : {'k', 'w', 's'}) {
        frame.payload.push_back(static_cast<std::uint8_t>(letter));
      }
    }
    return frame;
  }

  bool answer(const Frame& request, Act act) {
    Frame frame = right_answer(request);
    Bytes bytes = encode_frame(frame);
    switch (act) {
      case Act::kAnswer:
        break;
      case Act::kIgnore:
        return true;
      case Act::kDamage:
        bytes[bytes.size() / 2] ^= 0x10;
        break;
      case Act::kRepeat:
        bytes.insert(bytes.end(), bytes.begin(), bytes.end());
        break;
      case Act::kNak:
        bytes =
            encode_frame({.type = MessageType::kNak, .sequence = request.sequence, .payload = {}});
        break;
      case Act::kCutOff:
        bytes.resize(bytes.size() - 3);
        break;
      case Act::kStale:
        --frame.sequence;
        bytes = encode_frame(frame);
        break;
      case Act::kFault:
        send_text("FAULT: load access fault\nFAULT: mepc 80000000\n");
        return false;
      case Act::kLeave:
        return false;
      case Act::kTextFirst:
        send_text(std::string(1 << 20, 'x'));
        break;
    }
    send(bytes);
    return true;
  }

  void send_text(const std::string& text) { send(Bytes(text.begin(), text.end())); }
  void send(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }

  int descriptor_;
  std::deque<Act> acts_;
  FrameParser parser_;
  Bytes fed_;
  std::thread thread_;
};

// A session whose peer does `acts`, one for each request it receives, then behaves.
struct Line {
  explicit Line(std::deque<Act> acts) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    peer = std::make_unique<Peer>(ends[1], std::move(acts));
    session = std::make_unique<Session>(ByteStream(ends[0], ends[0]));
    session->set_timeout(2);
  }
  std::unique_ptr<Peer> peer;
  std::unique_ptr<Session> session;  // goes first, which ends the peer
};

Bytes some_inputs() {
  return {1, 2, protocol::kMagic0, protocol::kMagic1, 5};
}
Bytes their_outputs() {
  return {2, 3, protocol::kMagic0 + 1, protocol::kMagic1 + 1, 6};
}

TEST(SessionTest, AnswersComeWhole) {
  Line line({});
  const auto info = line.session->info();
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->model, "kws");
  EXPECT_EQ(info->arena_bytes, 100u);
  EXPECT_EQ(info->input_bytes, (std::vector<std::uint32_t>{10, 20}));
  EXPECT_EQ(info->output_bytes, (std::vector<std::uint32_t>{30}));
  for (int i = 0; i < 300; ++i) {  // sequence numbers wrap
    const auto inference = line.session->infer(some_inputs());
    ASSERT_TRUE(inference) << inference.error().message;
    EXPECT_EQ(inference->outputs, their_outputs());
    EXPECT_EQ(inference->instructions, (std::uint64_t{1} << 32) + 7);
  }
  EXPECT_TRUE(line.session->quit());
  EXPECT_EQ(line.session->log(), "a banner of the target\n");
}

TEST(SessionTest, EachMishapIsMended) {
  for (const Act act :
       {Act::kIgnore, Act::kDamage, Act::kNak, Act::kCutOff, Act::kStale, Act::kRepeat}) {
    Line line({act});
    for (int i = 0; i < 3; ++i) {
      const auto inference = line.session->infer(some_inputs());
      ASSERT_TRUE(inference) << static_cast<int>(act) << ": " << inference.error().message;
      EXPECT_EQ(inference->outputs, their_outputs());
    }
  }
}

TEST(SessionTest, RowsAreFedAsTheTargetHasRoom) {
  Bytes rows(15);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::uint8_t>(7 * i);
  Bytes expected = rows;
  for (std::uint8_t& byte : expected) ++byte;
  const auto mishaps = {Act::kAnswer, Act::kIgnore, Act::kDamage, Act::kNak,
                        Act::kCutOff, Act::kStale,  Act::kRepeat};
  for (const Act act : mishaps) {
    for (std::size_t before = 0; before < 5; ++before) {  // begin, rows, the run
      std::deque<Act> acts(before, Act::kAnswer);
      acts.push_back(act);
      Line line(std::move(acts));
      for (int i = 0; i < 2; ++i) {
        const auto inference = line.session->infer(rows, 3);
        ASSERT_TRUE(inference) << static_cast<int>(act) << ": " << inference.error().message;
        EXPECT_EQ(inference->outputs, expected);
      }
    }
  }
}

TEST(SessionTest, ATargetWithOtherRowsIsToldOf) {
  Line line({});
  const auto inference = line.session->infer(Bytes(18), 3);
  ASSERT_FALSE(inference);
  EXPECT_NE(inference.error().message.find("5 rows of the input"), std::string::npos)
      << inference.error().message;
}

TEST(SessionTest, GivesUpAfterFour) {
  Line line({Act::kNak, Act::kDamage, Act::kNak, Act::kDamage});
  const auto inference = line.session->infer(some_inputs());
  ASSERT_FALSE(inference);
  EXPECT_EQ(inference.error().code, ExitCode::kToolFailed);
  EXPECT_NE(inference.error().message.find("damaged 4 frames"), std::string::npos)
      << inference.error().message;
  EXPECT_TRUE(line.session->infer(some_inputs()));  // The line itself is still in order.
}

TEST(SessionTest, SilenceIsNamed) {
  Line line({Act::kIgnore, Act::kIgnore, Act::kIgnore, Act::kIgnore});
  const auto inference = line.session->infer(some_inputs());
  ASSERT_FALSE(inference);
  EXPECT_NE(inference.error().message.find("silent for 2 s; its last words: a banner"),
            std::string::npos)
      << inference.error().message;
}

TEST(SessionTest, FaultsAndEndsAreQuoted) {
  Line faulty({Act::kFault});
  const auto fault = faulty.session->infer(some_inputs());
  ASSERT_FALSE(fault);
  EXPECT_EQ(fault.error().message,
            "the target faulted: FAULT: load access fault | FAULT: mepc 80000000");
  Line leaving({Act::kAnswer, Act::kLeave});
  ASSERT_TRUE(leaving.session->infer(some_inputs()));
  const auto end = leaving.session->infer(some_inputs());
  ASSERT_FALSE(end);
  EXPECT_NE(end.error().message.find("ended early"), std::string::npos) << end.error().message;
}

TEST(SessionTest, BothDirectionsFlowAtOnce) {
  // A megabyte each way: neither side may wait for the other to have finished.
  Line line({Act::kTextFirst});
  const Bytes inputs(1 << 20, 9);
  const auto inference = line.session->infer(inputs);
  ASSERT_TRUE(inference) << inference.error().message;
  EXPECT_EQ(inference->outputs, Bytes(1 << 20, 10));
  const auto again = line.session->infer(inputs);
  ASSERT_TRUE(again) << again.error().message;
}

TEST(FrameParserTest, FindsAFrameBehindAFalseStart) {
  const Frame frame{.type = MessageType::kRun, .sequence = 3, .payload = some_inputs()};
  Bytes bytes{protocol::kMagic0, protocol::kMagic1, 1, 1, 4, 0, 0, 0};  // says 4 bytes follow
  const Bytes whole = encode_frame(frame);
  bytes.insert(bytes.end(), whole.begin(), whole.end());
  FrameParser parser;
  std::optional<Frame> found;
  for (const std::uint8_t byte : bytes) {  // byte by byte is no different
    parser.add(std::span(&byte, 1));
    if (auto next = parser.next()) found = std::move(next);
  }
  const Frame whole_frame = found.value_or(Frame{});
  EXPECT_EQ(whole_frame.payload, some_inputs());
  EXPECT_EQ(whole_frame.sequence, 3);
  EXPECT_EQ(parser.damaged(), 1u);
}

}  // namespace
}  // namespace thimble
