// What generated code and headers need of the C library: its memory functions, by words where
// alignment allows. Strong symbols: they win over the byte loops that generated code brings along.
#include <cstddef>
#include <cstdint>

namespace {

// Safety: words alias whatever the caller's objects are; they are only used where both sides are
// aligned.
using Word [[gnu::may_alias]] = std::uint32_t;
constexpr std::size_t kWord = sizeof(Word);

bool aligned_alike(const void* a, const void* b) {
  return (reinterpret_cast<std::uintptr_t>(a) ^ reinterpret_cast<std::uintptr_t>(b)) % kWord == 0;
}

bool is_aligned(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address) % kWord == 0;
}

}  // namespace

// The compiler would turn these loops into calls of the functions they are.
#define NO_BUILTIN [[gnu::used, clang::no_builtin]]

extern "C" {

NO_BUILTIN void* memcpy(void* target, const void* source, std::size_t count) {
  auto* to = static_cast<std::uint8_t*>(target);
  const auto* from = static_cast<const std::uint8_t*>(source);
  const std::uint8_t* const end = to + count;
  if (aligned_alike(to, from) && count >= 2 * kWord) {
    while (!is_aligned(to)) *to++ = *from++;
    for (; end - to >= static_cast<std::ptrdiff_t>(4 * kWord); to += 4 * kWord, from += 4 * kWord) {
      auto* words = reinterpret_cast<Word*>(to);
      const auto* read = reinterpret_cast<const Word*>(from);
      const Word a = read[0];
      const Word b = read[1];
      const Word c = read[2];
      const Word d = read[3];
      words[0] = a;
      words[1] = b;
      words[2] = c;
      words[3] = d;
    }
    for (; end - to >= static_cast<std::ptrdiff_t>(kWord); to += kWord, from += kWord) {
      *reinterpret_cast<Word*>(to) = *reinterpret_cast<const Word*>(from);
    }
  }
  while (to != end) *to++ = *from++;
  return target;
}

NO_BUILTIN void* memmove(void* target, const void* source, std::size_t count) {
  auto* to = static_cast<std::uint8_t*>(target);
  const auto* from = static_cast<const std::uint8_t*>(source);
  // Upwards is right unless the target starts inside the source. memcpy reads ahead of its writes.
  if (static_cast<std::size_t>(to - from) >= count) return memcpy(target, source, count);
  to += count;
  from += count;
  if (aligned_alike(to, from)) {
    for (; count > 0 && !is_aligned(to); --count) *--to = *--from;
    for (; count >= kWord; count -= kWord) {
      to -= kWord;
      from -= kWord;
      *reinterpret_cast<Word*>(to) = *reinterpret_cast<const Word*>(from);
    }
  }
  while (count-- > 0) *--to = *--from;
  return target;
}

NO_BUILTIN void* memset(void* target, int value, std::size_t count) {
  auto* to = static_cast<std::uint8_t*>(target);
  const std::uint8_t* const end = to + count;
  const auto byte = static_cast<std::uint8_t>(value);
  if (count >= 2 * kWord) {
    const Word word = byte * 0x0101'0101U;
    while (!is_aligned(to)) *to++ = byte;
    for (; end - to >= static_cast<std::ptrdiff_t>(4 * kWord); to += 4 * kWord) {
      auto* words = reinterpret_cast<Word*>(to);
      words[0] = word;
      words[1] = word;
      words[2] = word;
      words[3] = word;
    }
    for (; end - to >= static_cast<std::ptrdiff_t>(kWord); to += kWord) {
      *reinterpret_cast<Word*>(to) = word;
    }
  }
  while (to != end) *to++ = byte;
  return target;
}

NO_BUILTIN int memcmp(const void* left, const void* right, std::size_t count) {
  const auto* a = static_cast<const std::uint8_t*>(left);
  const auto* b = static_cast<const std::uint8_t*>(right);
  if (is_aligned(a) && is_aligned(b)) {  // whole words while they agree; bytes decide
    for (; count >= kWord; count -= kWord, a += kWord, b += kWord) {
      if (*reinterpret_cast<const Word*>(a) != *reinterpret_cast<const Word*>(b)) break;
    }
  }
  for (; count > 0; --count, ++a, ++b) {
    if (*a != *b) return *a - *b;
  }
  return 0;
}

NO_BUILTIN std::size_t strlen(const char* text) {
  const char* end = text;
  while (*end != 0) ++end;
  return static_cast<std::size_t>(end - text);
}

}  // extern "C"
