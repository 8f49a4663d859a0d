// See byte_stream.h.
#include "compiler/simulate/byte_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace thimble {
namespace {

struct Baud {
  int rate;
  speed_t code;
};
constexpr Baud kBauds[] = {{9600, B9600},     {19200, B19200},   {38400, B38400},
                           {57600, B57600},   {115200, B115200}, {230400, B230400},
                           {460800, B460800}, {921600, B921600}, {1000000, B1000000}};

void make_non_blocking(int descriptor) {
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

bool is_retry(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

ByteStream::ByteStream(int in, int out) : in_(in), out_(out) {
  // A peer that ends while it is written to is an error of the stream, not the end of this program.
  std::signal(SIGPIPE, SIG_IGN);
  make_non_blocking(in);
  make_non_blocking(out);
}

ByteStream::ByteStream(ByteStream&& other) noexcept
    : in_(std::exchange(other.in_, -1)), out_(std::exchange(other.out_, -1)) {}

ByteStream& ByteStream::operator=(ByteStream&& other) noexcept {
  std::swap(in_, other.in_);
  std::swap(out_, other.out_);
  return *this;
}

ByteStream::~ByteStream() {
  if (in_ >= 0) ::close(in_);
  if (out_ >= 0 && out_ != in_) ::close(out_);
}

Result<ByteStream> ByteStream::open_serial(const std::filesystem::path& device, int baud) {
  const Baud* found = nullptr;
  for (const Baud& entry : kBauds) {
    if (entry.rate == baud) found = &entry;
  }
  if (found == nullptr) {
    return fail(ExitCode::kUsage, "{}: {} baud is not offered", device.string(), baud);
  }
  const int descriptor = ::open(device.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    return fail(ExitCode::kUsage, "{}: {}", device.string(), std::strerror(errno));
  }
  ByteStream stream(descriptor, descriptor);
  termios settings{};
  if (::tcgetattr(descriptor, &settings) != 0) {
    return fail(ExitCode::kUsage, "{}: is no serial device", device.string());
  }
  ::cfmakeraw(&settings);
  settings.c_cflag = (settings.c_cflag & ~static_cast<tcflag_t>(CSTOPB)) | CLOCAL | CREAD;
  ::cfsetspeed(&settings, found->code);
  if (::tcsetattr(descriptor, TCSANOW, &settings) != 0) {
    return fail(ExitCode::kUsage, "{}: {}", device.string(), std::strerror(errno));
  }
  return stream;
}

Result<ByteStream::Progress> ByteStream::exchange(std::span<const std::uint8_t> outgoing,
                                                  int timeout_ms) {
  std::array<pollfd, 2> polls{pollfd{in_, POLLIN, 0},
                              pollfd{outgoing.empty() ? -1 : out_, POLLOUT, 0}};
  if (::poll(polls.data(), polls.size(), timeout_ms) < 0 && errno != EINTR) {
    return fail(ExitCode::kToolFailed, "the target's line: {}", std::strerror(errno));
  }
  Progress progress;
  if (polls[0].revents != 0) {
    std::array<std::uint8_t, 65536> buffer;
    const ssize_t count = ::read(in_, buffer.data(), buffer.size());
    if (count > 0) progress.read.assign(buffer.begin(), buffer.begin() + count);
    progress.closed = count == 0 || (count < 0 && !is_retry(errno));
  }
  if (polls[1].revents != 0 && !progress.closed) {
    const ssize_t count = ::write(out_, outgoing.data(), outgoing.size());
    if (count > 0) progress.written = static_cast<std::size_t>(count);
    // What the peer said last may still wait to be read: only an end of that is the end.
    if (count < 0 && !is_retry(errno)) progress.written = outgoing.size();
  }
  return progress;
}

}  // namespace thimble
