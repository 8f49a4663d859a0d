// The random operations of the stress test's workers.
#include <algorithm>

#include "drivers/software_interrupt.h"
#include "kernel/condition.h"
#include "kernel/event_flags.h"
#include "kernel/mutex.h"
#include "kernel/pool.h"
#include "kernel/semaphore.h"
#include "tests/target/stress/shared.h"

namespace thimble::kernel::stress {

constinit Queue<Note, 5> messages;

namespace {

constexpr std::uint32_t kMutexes = 4;
constexpr std::uint32_t kPermissions = 3;
constexpr std::uint32_t kBlocks = 4;
constexpr std::uint32_t kMostTicks = 500;  // of a wait

constinit std::uint32_t seed;
constinit Mutex mutexes[kMutexes];
constinit volatile std::uint32_t counters[kMutexes];   // each changed under its mutex
constinit std::uint32_t expected[kMutexes][kWorkers];  // how often each worker did
constinit volatile std::uint32_t inside[kMutexes];     // who is in there, plus one
constinit Semaphore permissions(kPermissions, kPermissions);
constinit Semaphore from_interrupts;
constinit volatile std::uint32_t given = 0;
constinit std::uint32_t taken[kWorkers];
constinit Pool<16, kBlocks> pool;
constinit EventFlags flags;
constinit Condition changed;
constinit Mutex change_mutex;
constinit volatile std::uint32_t changes = 0;
constinit std::uint32_t changes_by[kWorkers];
constinit std::uint32_t sent[kWorkers + 1];

struct Worker {
  std::uint32_t index;
  Random random;

  Deadline soon() {
    const std::uint32_t ticks = random.below(2 * kMostTicks);
    return ticks < kMostTicks ? time::now() + ticks : random.below(4) == 0 ? kNoWait : kForever;
  }
  void dawdle() {
    for (std::uint32_t i = random.below(200); i > 0; --i) asm volatile("");
  }
};

void enter(Worker& worker, std::uint32_t which) {
  require(inside[which] == 0, "one at a time");
  inside[which] = worker.index + 1;
  const std::uint32_t before = counters[which];
  worker.dawdle();
  counters[which] = before + 1;
  ++expected[which][worker.index];
}

void leave(Worker& worker, std::uint32_t which) {
  require(inside[which] == worker.index + 1, "nobody came in between");
  inside[which] = 0;
  mutexes[which].unlock();
}

void use_mutexes(Worker& worker) {
  const std::uint32_t first = worker.random.below(kMutexes);
  if (mutexes[first].lock(worker.soon()) != Status::kOk) return;
  enter(worker, first);
  const std::uint32_t second = worker.random.below(kMutexes);
  if (second > first && mutexes[second].lock(worker.soon()) == Status::kOk) {  // one order for all
    enter(worker, second);
    leave(worker, second);
  }
  leave(worker, first);
}

void use_permission(Worker& worker) {
  if (permissions.take(worker.soon()) != Status::kOk) return;
  worker.dawdle();
  permissions.give();
}

void send_note(Worker& worker) {
  const std::uint32_t number = sent[worker.index];
  if (messages.send({worker.index, number, ~number}, worker.soon()) == Status::kOk) {
    ++sent[worker.index];
  }
}

void use_block(Worker& worker) {
  auto* const block = static_cast<volatile std::uint32_t*>(pool.take(worker.soon()));
  if (block == nullptr) return;
  const std::uint32_t stamp = worker.random.next();
  for (int i = 0; i < 4; ++i) block[i] = stamp;
  worker.dawdle();
  for (int i = 0; i < 4; ++i) require(block[i] == stamp, "a block has one owner");
  pool.give(const_cast<std::uint32_t*>(block));
}

void use_flags(Worker& worker) {
  const std::uint32_t some = worker.random.next() & 0xffU;
  if (worker.random.below(2) == 0) return flags.set(some);
  // Never forever: nobody promises to set these.
  const Status status = flags.wait(some | 1U, EventFlags::Want::kAny, EventFlags::Then::kClear,
                                   time::now() + worker.random.below(kMostTicks));
  static_cast<void>(status);
}

void use_condition(Worker& worker) {
  const MutexLock lock(change_mutex);
  if (worker.random.below(2) == 0) {
    changes = changes + 1;
    ++changes_by[worker.index];
    changed.notify_all();
  } else {
    static_cast<void>(changed.wait(change_mutex, time::now() + worker.random.below(kMostTicks)));
  }
}

void take_from_interrupts(Worker& worker) {
  const Deadline deadline = time::now() + worker.random.below(kMostTicks);
  if (from_interrupts.take(deadline) == Status::kOk) ++taken[worker.index];
}

}  // namespace

void set_seed(std::uint32_t new_seed) {
  seed = new_seed;
}

Random seeded(std::uint32_t who) {
  return Random(seed * 2654435761U + who * 40503U + 12345U);
}

void note_from_interrupt() {
  const std::uint32_t number = sent[kWorkers];
  if (messages.send({kWorkers, number, ~number}, kNoWait) == Status::kOk) ++sent[kWorkers];
  if (from_interrupts.count() < 1000) {
    given = given + 1;
    from_interrupts.give();
  }
}

void work(void* index) {
  Worker worker{static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(index)), {}};
  worker.random = seeded(worker.index);
  for (std::uint32_t i = 0; i < kOperations; ++i) {
    switch (worker.random.below(10)) {
      case 0:
      case 1:
        use_mutexes(worker);
        break;
      case 2:
        use_permission(worker);
        break;
      case 3:
        send_note(worker);
        break;
      case 4:
        use_block(worker);
        break;
      case 5:
        use_flags(worker);
        break;
      case 6:
        use_condition(worker);
        break;
      case 7:
        take_from_interrupts(worker);
        break;
      case 8:
        software_interrupt::raise();
        break;
      default:
        worker.random.below(4) == 0 ? sleep(worker.random.below(kMostTicks)) : yield();
    }
  }
}

std::uint32_t sent_by(std::uint32_t sender) {
  return sent[sender];
}

void check_sums() {
  std::uint32_t all_changes = 0;
  std::uint32_t all_taken = from_interrupts.count();
  for (std::uint32_t i = 0; i < kWorkers; ++i) {
    all_changes += changes_by[i];
    all_taken += taken[i];
  }
  require(changes == all_changes, "changes under the condition's mutex add up");
  require(given == all_taken, "no permission is lost or made up");
  for (std::uint32_t which = 0; which < kMutexes; ++which) {
    std::uint32_t sum = 0;
    for (const std::uint32_t count : expected[which]) sum += count;
    require(counters[which] == sum, "counters under mutexes add up");
    require(mutexes[which].lock(kNoWait) == Status::kOk, "all mutexes are free");
  }
  for (std::uint32_t i = 0; i < kPermissions; ++i) {
    require(permissions.take(kNoWait) == Status::kOk, "all permissions are back");
  }
  for (std::uint32_t i = 0; i < kBlocks; ++i) {
    require(pool.take(kNoWait) != nullptr, "all blocks are back");
  }
  require(pool.take(kNoWait) == nullptr, "and no more");
}

}  // namespace thimble::kernel::stress
