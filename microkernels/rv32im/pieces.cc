// By words where all is aligned, else by four bytes at a time: a call of memcpy costs more than
// either for what is short.
#include "microkernels/rv32im/pieces.h"

#include <cstring>

namespace thimble::microkernels {
namespace {

// Safety: words alias the tensors' bytes; they are only used where both sides are aligned.
using Word [[gnu::may_alias]] = std::uint32_t;
constexpr std::uint32_t kWord = sizeof(Word);
constexpr std::uint32_t kLong = 48;

// Calls `copy` for each piece.
template <typename Copy>
void for_each(const Pieces& pieces, const std::byte* input, std::byte* output, const Copy& copy) {
  for (std::uint32_t i = 0; i < pieces.count; ++i) {
    copy(output, input);
    input += pieces.input_step;
    output += pieces.output_step;
  }
}

void copy_words(std::byte* output, const std::byte* input, std::uint32_t bytes) {
  const std::byte* const end = input + bytes;
  do {
    *reinterpret_cast<Word*>(output) = *reinterpret_cast<const Word*>(input);
    input += kWord;
    output += kWord;
  } while (input != end);
}

void copy_bytes(std::byte* output, const std::byte* input, std::uint32_t bytes) {
  const std::byte* const end = input + bytes;
  const std::byte* const end_of_fours = end - bytes % 4;
  for (; input != end_of_fours; input += 4, output += 4) {
    const std::byte a = input[0];
    const std::byte b = input[1];
    const std::byte c = input[2];
    const std::byte d = input[3];
    output[0] = a;
    output[1] = b;
    output[2] = c;
    output[3] = d;
  }
#pragma clang loop unroll(disable) vectorize(disable)
  while (input != end) *output++ = *input++;
}

}  // namespace

void copy_pieces(Pieces pieces, const std::byte* input, std::byte* output) {
  const std::uint32_t bytes = pieces.bytes;
  const auto low_bits = static_cast<std::uint32_t>(
      reinterpret_cast<std::uintptr_t>(input) | reinterpret_cast<std::uintptr_t>(output) |
      static_cast<std::uint32_t>(pieces.input_step | pieces.output_step) | bytes);
  if (bytes >= kLong) {
    for_each(pieces, input, output,
             [&](std::byte* to, const std::byte* from) { std::memcpy(to, from, bytes); });
  } else if (low_bits % kWord == 0 && bytes != 0) {
    for_each(pieces, input, output,
             [&](std::byte* to, const std::byte* from) { copy_words(to, from, bytes); });
  } else {
    for_each(pieces, input, output,
             [&](std::byte* to, const std::byte* from) { copy_bytes(to, from, bytes); });
  }
}

}  // namespace thimble::microkernels
