// Constants as the target's memory has them: little-endian, as the host's.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace thimble::offload {

template <typename T>
std::vector<std::uint8_t> bytes_of(const std::vector<T>& values) {
  static_assert(std::endian::native == std::endian::little);
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.data());
  return {first, first + values.size() * sizeof(T)};
}

}  // namespace thimble::offload
