// One window with packed weights, plainly: word by word as the assembly does it, so that a run that
// is too long shows here too. Weak: an instruction set's own function takes its place.
#include "microkernels/requantize.h"
#include "microkernels/tile.h"

namespace thimble::microkernels {
namespace {

constexpr std::uint32_t kHalf = 0x8000;
std::int8_t requantized(const Line& line, std::uint32_t sum, std::uint32_t multiplier) {
  const auto shifted = static_cast<std::int32_t>(static_cast<std::uint32_t>(line.twice_zero_point)
                                                 << (multiplier % 32));
  std::int32_t result = scaled(static_cast<std::int32_t>(sum), multiplier,
                               (shifted >> 1) + line.double_round, line.symmetric != 0);
  result = result < line.lowest ? line.lowest : result;
  result = result > line.highest ? line.highest : result;
  return static_cast<std::int8_t>(result);
}

void compute_pair(Line& line, const std::byte* weights, int pairs) {
  auto low = static_cast<std::uint32_t>(*line.biases++);
  auto high = static_cast<std::uint32_t>(*line.biases++);
  const std::int8_t* pixel = line.pixel;
  for (const std::uint8_t* length = line.runs; *length != 0; ++length) {
    std::uint32_t run = 0;
    for (int tap = 0; tap < *length; ++tap, ++pixel, weights += 4 * pairs)
      run += static_cast<std::uint32_t>(*pixel) * *reinterpret_cast<const std::uint32_t*>(weights);
    high += static_cast<std::uint32_t>(static_cast<std::int32_t>(run + kHalf) >> 16);
    low += run;
  }
  const std::uint32_t sums[] = {low - (high << 16), high};
  for (const std::uint32_t sum : sums) {
    *line.output++ = requantized(line, sum, *line.scales);
    line.scales += line.scale_step / sizeof(std::uint32_t);
    if (--line.channels == 0) return;
  }
}

}  // namespace

extern "C" [[gnu::weak]] void thimble_packed_line(Line* line) {
  while (line->channels > 0) {
    const int pairs = line->channels >= kLineGroup      ? kLineGroup / 2
                      : line->channels >= kChannelGroup ? kChannelGroup / 2
                                                        : 1;
    for (int pair = 0; pair < pairs && line->channels > 0; ++pair)
      compute_pair(*line, line->weights + 4 * pair, pairs);
    for (; *line->runs != 0; ++line->runs) line->weights += 4 * pairs * *line->runs;
    ++line->runs;
  }
}

}  // namespace thimble::microkernels
