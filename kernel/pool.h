// Memory in blocks of one size: taken and given back in constant time, never fragmented.
//
//     constinit kernel::Pool<sizeof(Packet), 8> packets;
//     void* block = packets.take(kernel::kNoWait);
#pragma once

#include <cstddef>

#include "kernel/wait_queue.h"

namespace thimble::kernel {

/// What all pools share.
class PoolCore {
 public:
  PoolCore(const PoolCore&) = delete;
  PoolCore& operator=(const PoolCore&) = delete;

  /// A block, waiting for one if there is none; nullptr if that was in vain. Its content is
  /// undefined. In interrupts with kNoWait only.
  [[nodiscard]] void* take(Deadline deadline = kForever);

  /// Gives a block back, to the most urgent task that waits if there is one. Callable from
  /// interrupts.
  void give(void* block);

  /// Ends all waits. Callable from interrupts.
  void cancel_all();

 protected:
  constexpr PoolCore(std::byte* start, std::size_t block, std::size_t count)
      : unused_(start), end_(start + block * count), block_(block) {}

 private:
  WaitQueue waiting_;
  void* free_ = nullptr;  // given back; each holds the address of the next
  std::byte* unused_;     // never taken so far
  std::byte* end_;
  std::size_t block_;
};

/// `kCount` blocks of `kBlock` bytes, aligned to 8.
template <std::size_t kBlock, std::size_t kCount>
class Pool : public PoolCore {
  static_assert(kBlock > 0 && kCount > 0, "a pool has blocks, and they have a size");
  static consteval std::size_t aligned() { return (kBlock + 7) / 8 * 8; }

 public:
  constexpr Pool() : PoolCore(memory_, aligned(), kCount) {}

 private:
  alignas(8) std::byte memory_[aligned() * kCount]{};
};

}  // namespace thimble::kernel
