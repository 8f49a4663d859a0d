// Sums of two windows and four channels, plainly: word by word as the assembly does it. Weak: an
// instruction set's own takes its place.
#include "microkernels/tile.h"

namespace thimble::microkernels {
namespace {

constexpr std::uint32_t kMask = 0x00ff'00ff;
constexpr std::uint32_t kCenter = 0x0080'0080;
constexpr std::uint32_t kHalf = 0x8000;

// Channels `pair` and `pair` + 1 of one window.
void sum_pair(const std::int8_t* pixel, const std::uint32_t* weights, std::uint32_t taps,
              std::uint32_t run_taps, unsigned pair, std::int32_t* sums) {
  std::uint32_t words = 0;
  std::uint32_t upper = 0;
  for (std::uint32_t first = 0; first < taps; first += run_taps) {
    std::uint32_t run = 0;
    for (std::uint32_t tap = first; tap < taps && tap < first + run_taps; ++tap) {
      const std::uint32_t weight = ((weights[tap] >> (4 * pair)) & kMask) - kCenter;
      run += static_cast<std::uint32_t>(pixel[tap]) * weight;
    }
    upper += static_cast<std::uint32_t>(static_cast<std::int32_t>(run + kHalf) >> 16);
    words += run;
  }
  sums[0] = static_cast<std::int32_t>(words - (upper << 16));
  sums[1] = static_cast<std::int32_t>(upper);
}

}  // namespace

extern "C" [[gnu::weak]] void thimble_unpacked_sums(const std::int8_t* pixel0,
                                                    const std::int8_t* pixel1,
                                                    const std::uint32_t* weights,
                                                    std::uint32_t taps, std::uint32_t run_taps,
                                                    std::int32_t* sums) {
  for (unsigned pair = 0; pair < 4; pair += 2) {
    sum_pair(pixel0, weights, taps, run_taps, pair, sums + pair);
    sum_pair(pixel1, weights, taps, run_taps, pair, sums + 4 + pair);
  }
}

extern "C" [[gnu::weak]] void thimble_unpacked_sums_1(const std::int8_t* pixel0,
                                                      const std::int8_t* /*pixel1*/,
                                                      const std::uint32_t* weights,
                                                      std::uint32_t taps, std::uint32_t run_taps,
                                                      std::int32_t* sums) {
  for (unsigned pair = 0; pair < 4; pair += 2)
    sum_pair(pixel0, weights, taps, run_taps, pair, sums + pair);
}

}  // namespace thimble::microkernels
