// A ring of bytes between one that writes and one that reads, of which one may be an interrupt.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace thimble {

/// `kBytes`: its room, a power of two. Writing and reading at the same time is safe on one core.
template <std::size_t kBytes>
class ByteRing {
  static_assert(std::has_single_bit(kBytes), "the room of a ring is a power of two");

 public:
  constexpr ByteRing() = default;
  ByteRing(const ByteRing&) = delete;
  ByteRing& operator=(const ByteRing&) = delete;

  [[nodiscard]] std::size_t size() const { return written_ - read_; }
  [[nodiscard]] std::size_t room() const { return kBytes - size(); }

  /// Free bytes that lie in a row, to be written in place; empty only if there is no room.
  [[nodiscard]] std::span<std::byte> claim() {
    return row(written_, std::min(room(), kBytes - written_ % kBytes));
  }
  /// The first `count` bytes of claim() are written.
  void commit(std::size_t count) { advance(written_, count); }

  /// The oldest bytes that lie in a row; empty only if there are none.
  [[nodiscard]] std::span<const std::byte> peek() {
    return row(read_, std::min(size(), kBytes - read_ % kBytes));
  }
  /// The first `count` bytes of peek() are done with.
  void release(std::size_t count) { advance(read_, count); }

  /// Copies in as many of `bytes` as there is room for; returns how many.
  std::size_t write(std::span<const std::byte> bytes) {
    return move(bytes.size(), [&](std::size_t done, std::size_t left) {
      const std::span<std::byte> free = claim();
      const std::size_t count = std::min(left, free.size());
      std::ranges::copy(bytes.subspan(done, count), free.begin());
      commit(count);
      return count;
    });
  }

  /// Copies out as many bytes as there are, at most target.size(); returns how many.
  std::size_t read(std::span<std::byte> target) {
    return move(target.size(), [&](std::size_t done, std::size_t left) {
      const std::span<const std::byte> there = peek();
      const std::size_t count = std::min(left, there.size());
      std::ranges::copy(there.first(count), target.begin() + static_cast<std::ptrdiff_t>(done));
      release(count);
      return count;
    });
  }

 private:
  std::span<std::byte> row(std::size_t from, std::size_t count) {
    return std::span(bytes_).subspan(from % kBytes, count);
  }

  // The other side sees the count once the bytes are written or read.
  static void advance(volatile std::size_t& index, std::size_t count) {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    index = index + count;
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }

  // A row at a time, of which there are at most two.
  template <typename Row>
  static std::size_t move(std::size_t wanted, Row row) {
    const std::size_t first = row(0, wanted);
    return first + row(first, wanted - first);
  }

  std::byte bytes_[kBytes]{};
  // Ever written and ever read, modulo 2^32; each is changed by one side.
  volatile std::size_t written_ = 0;
  volatile std::size_t read_ = 0;
};

}  // namespace thimble
