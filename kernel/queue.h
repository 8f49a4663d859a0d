// A message queue: a ring of messages of one type. Messages are copied in and out, or written and
// read in place through spans.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "kernel/wait_queue.h"

namespace thimble::kernel {

/// What all queues share: messages as words.
class QueueCore {
 public:
  QueueCore(const QueueCore&) = delete;
  QueueCore& operator=(const QueueCore&) = delete;

  /// Ends all waits with kCancelled; messages stay. Callable from interrupts.
  void cancel_all();

  /// Messages that wait to be received. Callable from interrupts.
  [[nodiscard]] std::uint32_t count() const { return count_; }

 protected:
  using Word = std::uint32_t;

  constexpr QueueCore(Word* start, std::uint32_t words, std::uint32_t capacity)
      : start_(start),
        end_(start + words * capacity),
        read_(start),
        write_(start),
        words_(words),
        capacity_(capacity) {}

  Status send(const Word* message, Deadline deadline);
  Status receive(Word* message, Deadline deadline);
  std::span<Word> claim(Deadline deadline);
  void commit(std::uint32_t messages);
  std::span<Word> peek(Deadline deadline);
  void release(std::uint32_t messages);

 private:
  Status send_slowly(const Word* message, Deadline deadline, std::uint32_t state);
  Status receive_slowly(Word* message, Deadline deadline, std::uint32_t state);
  void put(const Word* message);
  void get(Word* message);
  void refill();

  WaitQueue receivers_;  // of each task: where its message shall go, nullptr for peek()
  WaitQueue senders_;    // of each task: its message, nullptr for claim()
  Word* start_;
  Word* end_;
  Word* read_;
  Word* write_;
  std::uint32_t words_;
  std::uint32_t capacity_;
  std::uint32_t count_ = 0;
};

/// `kCapacity` messages of type Message, a type of whole words that can be copied as bytes.
template <typename Message, std::size_t kCapacity>
class Queue : public QueueCore {
  static_assert(std::is_trivially_copyable_v<Message>, "messages are copied as bytes");
  static_assert(sizeof(Message) % 4 == 0 && alignof(Message) == 4,
                "messages are whole words; pad the type");
  static_assert(kCapacity > 0 && kCapacity < 65536, "a queue has room for some messages");
  static consteval std::uint32_t message_words() { return sizeof(Message) / 4; }

 public:
  constexpr Queue() : QueueCore(ring_, message_words(), kCapacity) {}

  /// Copies `message` to the end, waiting for room; straight to the most urgent task that waits to
  /// receive, if there is one. In interrupts with kNoWait only.
  Status send(const Message& message, Deadline deadline = kForever) {
    return QueueCore::send(reinterpret_cast<const Word*>(&message), deadline);
  }

  /// Copies the first message to `message` and takes it out, waiting for one. In interrupts with
  /// kNoWait only.
  Status receive(Message& message, Deadline deadline = kForever) {
    return QueueCore::receive(reinterpret_cast<Word*>(&message), deadline);
  }

  /// Room for one message or more, to be written in place; waits for some. Empty if that was in
  /// vain. Until commit() nobody else may send. In interrupts with kNoWait only.
  [[nodiscard]] std::span<Message> claim(Deadline deadline = kForever) {
    return messages(QueueCore::claim(deadline));
  }

  /// Sends the first `count` messages of what was claimed. Callable from interrupts.
  void commit(std::uint32_t count) { QueueCore::commit(count); }

  /// The first message or more, to be read in place; waits for some. Empty if that was in vain.
  /// Until release() nobody else may receive. In interrupts with kNoWait only.
  [[nodiscard]] std::span<const Message> peek(Deadline deadline = kForever) {
    return messages(QueueCore::peek(deadline));
  }

  /// Takes the first `count` messages out. Callable from interrupts.
  void release(std::uint32_t count) { QueueCore::release(count); }

 private:
  // Safety: the ring is written and read as words and as messages alike, never both at once.
  static std::span<Message> messages(std::span<Word> words) {
    return {reinterpret_cast<Message*>(words.data()), words.size() / message_words()};
  }

  Word ring_[message_words() * kCapacity]{};
};

}  // namespace thimble::kernel
