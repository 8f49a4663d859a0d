// See constant_block.h.
#include "compiler/plan/constant_block.h"

#include <algorithm>

#include "compiler/plan/alignment.h"

namespace thimble::plan {

void ConstantBlock::use(const iree::Range& range) {
  auto& ranges = used_[range.buffer];
  std::uint64_t start = range.offset;
  std::uint64_t end = range.offset + range.length;
  for (auto item = ranges.begin(); item != ranges.end();) {
    if (item->first > end || item->second < start) {
      ++item;
      continue;
    }
    start = std::min(start, item->first);
    end = std::max(end, item->second);
    item = ranges.erase(item);
  }
  ranges[start] = end;
}

void ConstantBlock::layout(const std::vector<iree::Buffer>& buffers) {
  for (const auto& [buffer, ranges] : used_) {
    const Bytes& content = buffers[static_cast<std::size_t>(buffer)].content;
    for (const auto& [start, end] : ranges) {
      const std::uint64_t place = round_up(bytes_.size(), kAlignment) + start % kAlignment;
      bytes_.resize(place);
      bytes_.insert(bytes_.end(), content.begin() + static_cast<std::ptrdiff_t>(start),
                    content.begin() + static_cast<std::ptrdiff_t>(end));
      places_[{buffer, start}] = place;
    }
  }
}

std::uint64_t ConstantBlock::offset(const iree::Range& range) const {
  auto place = places_.upper_bound({range.buffer, range.offset});
  --place;
  return place->second + (range.offset - place->first.second);
}

std::uint64_t ConstantBlock::append(std::span<const std::uint8_t> content) {
  bytes_.resize(round_up(bytes_.size(), kWordAlignment));
  const std::uint64_t place = bytes_.size();
  bytes_.insert(bytes_.end(), content.begin(), content.end());
  return place;
}

}  // namespace thimble::plan
