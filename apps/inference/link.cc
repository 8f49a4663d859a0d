// Frames over the UART.
#include "apps/inference/link.h"

#include "drivers/uart.h"
#include "kernel/time.h"

namespace thimble::inference {
namespace {

constexpr time::Ticks kByteTimeout =
    protocol::kByteTimeoutMilliseconds * time::kTicksPerMillisecond;

}  // namespace

std::uint8_t Receiver::next() {
  if (!alive_) return 0;
  const std::optional<std::byte> byte = uart::read_within(kByteTimeout);
  if (!byte) {
    alive_ = false;
    return 0;
  }
  const auto value = std::to_integer<std::uint8_t>(*byte);
  crc_.add(value);
  return value;
}

std::uint32_t Receiver::word() {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 32; shift += 8) value |= std::uint32_t{next()} << shift;
  return value;
}

std::optional<Header> Receiver::header() {
  constexpr std::byte kFirst{protocol::kMagic0};
  constexpr std::byte kSecond{protocol::kMagic1};
  for (std::byte last{}, byte = uart::read(); last != kFirst || byte != kSecond;
       last = byte, byte = uart::read()) {
  }
  *this = {};
  Header header{};
  // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): the line may say anything
  header.type = static_cast<protocol::MessageType>(next());
  header.sequence = next();
  header.length = word();
  if (!alive_) return std::nullopt;
  return header;
}

void Receiver::payload(std::span<std::byte> target) {
  for (std::byte& byte : target) byte = std::byte{next()};
}

void Receiver::skip(std::uint32_t bytes) {
  for (; bytes > 0 && alive_; --bytes) static_cast<void>(next());
}

bool Receiver::finish() {
  const std::uint32_t expected = crc_.value();
  return word() == expected && alive_;
}

Sender::Sender(const Header& header) {
  constexpr std::byte kMagic[] = {std::byte{protocol::kMagic0}, std::byte{protocol::kMagic1}};
  uart::write(kMagic);
  const std::byte kind[] = {std::byte{static_cast<std::uint8_t>(header.type)},
                            std::byte{header.sequence}};
  payload(kind);
  word(header.length);
}

void Sender::payload(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) crc_.add(std::to_integer<std::uint8_t>(byte));
  uart::write(bytes);
}

void Sender::finish() {
  word(crc_.value());
}

}  // namespace thimble::inference
