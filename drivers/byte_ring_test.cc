// The ring against a queue that cannot be wrong.
#include "drivers/byte_ring.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

namespace thimble {
namespace {

TEST(ByteRing, IsEmptyAtFirstAndFullAtItsRoom) {
  ByteRing<8> ring;
  EXPECT_EQ(ring.size(), 0u);
  EXPECT_TRUE(ring.peek().empty());
  const std::vector<std::byte> bytes(11, std::byte{7});
  EXPECT_EQ(ring.write(bytes), 8u);
  EXPECT_EQ(ring.room(), 0u);
  EXPECT_TRUE(ring.claim().empty());
  EXPECT_EQ(ring.write(bytes), 0u);
}

TEST(ByteRing, RowsEndWhereTheMemoryDoes) {
  ByteRing<8> ring;
  std::vector<std::byte> six(6, std::byte{1});
  ASSERT_EQ(ring.write(six), 6u);
  ASSERT_EQ(ring.read(six), 6u);
  EXPECT_EQ(ring.claim().size(), 2u);
  ring.commit(2);
  EXPECT_EQ(ring.claim().size(), 6u);
  ring.commit(1);
  EXPECT_EQ(ring.size(), 3u);
  EXPECT_EQ(ring.peek().size(), 2u);
  ring.release(2);
  EXPECT_EQ(ring.peek().size(), 1u);
}

TEST(ByteRing, KeepsBytesInOrder) {
  std::mt19937 random(1);
  ByteRing<16> ring;
  std::deque<std::byte> expected;
  std::uint8_t next = 0;
  for (int step = 0; step < 20000; ++step) {
    std::vector<std::byte> bytes(random() % 24);
    if (random() % 2 == 0) {
      for (std::byte& byte : bytes) byte = std::byte{next++};
      const std::size_t count = ring.write(bytes);
      ASSERT_EQ(count, std::min(bytes.size(), 16 - expected.size()));
      expected.insert(expected.end(), bytes.begin(),
                      bytes.begin() + static_cast<std::ptrdiff_t>(count));
    } else {
      const std::size_t count = ring.read(bytes);
      ASSERT_EQ(count, std::min(bytes.size(), expected.size()));
      for (std::size_t i = 0; i < count; ++i, expected.pop_front()) {
        ASSERT_EQ(bytes[i], expected.front());
      }
    }
    ASSERT_EQ(ring.size(), expected.size());
  }
}

}  // namespace
}  // namespace thimble
