// What the workers of the stress test work on, and what is known about it.
#pragma once

#include <cstdint>

#include "kernel/queue.h"
#include "tests/target/task_test.h"

namespace thimble::kernel::stress {

inline constexpr std::uint32_t kWorkers = 6;
#ifndef STRESS_OPERATIONS
#define STRESS_OPERATIONS 20000
#endif
inline constexpr std::uint32_t kOperations = STRESS_OPERATIONS;  ///< of each worker

/// Numbers that look random (xorshift).
class Random {
 public:
  constexpr Random() = default;
  explicit Random(std::uint32_t seed) : state_(seed | 1U) {}
  std::uint32_t next() {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 17U;
    state_ ^= state_ << 5U;
    return state_;
  }
  std::uint32_t below(std::uint32_t limit) { return (next() >> 8U) % limit; }

 private:
  std::uint32_t state_ = 1;
};

void set_seed(std::uint32_t seed);
Random seeded(std::uint32_t who);

/// What goes through the queue: each sender numbers its own.
struct Note {
  std::uint32_t sender;
  std::uint32_t number;
  std::uint32_t check;
};
extern Queue<Note, 5> messages;

/// Sends in the name of interrupts.
void note_from_interrupt();

/// A worker's life: kOperations random operations. `index` says which one it is.
void work(void* index);
void start_workers();

/// How many messages a worker (or kWorkers: interrupts) sent.
std::uint32_t sent_by(std::uint32_t sender);

/// Panics unless counters, permissions and blocks add up. When all workers have ended.
void check_sums();

}  // namespace thimble::kernel::stress
