// What a microkernel's order comes to for the planner: for a call of all rows, and of some.
#include "compiler/offload/order.h"

#include <gtest/gtest.h>

namespace thimble::offload {
namespace {

// Of 4 rows of 10 bytes each is made from two rows of 20, and written when half of them is read.
Order pairs_of_rows() {
  return recorded([](auto& order) {
    for (int row = 0; row < 4; ++row) {
      order.reads(row * 40);
      order.writes(row * 10 + 10);
      order.reads(row * 40 + 20);
    }
  });
}

TEST(Order, AnOutputFollowsTheReadingOfAllRows) {
  // When the first row is written, byte 20 is to be read yet; the others come later and later.
  EXPECT_EQ(lead(pairs_of_rows()), 10 - 20);
}

TEST(Order, CallsOfLaterRowsAllowMoreWhereTheInputIsLarger) {
  const Order order = by_rows(pairs_of_rows(), 4, 40);
  EXPECT_EQ(lead(order, 0, 4), lead(order));
  EXPECT_EQ(lead(order, 0, 1), 10 - 20);
  EXPECT_EQ(lead(order, 2, 4), 30 - 100);
}

TEST(Order, CallsOfLaterRowsAllowLessWhereTheOutputIsLarger) {
  const Order order = by_rows(recorded([](auto& told) {
                                for (int row = 0; row < 3; ++row) {
                                  told.reads(row * 10);
                                  told.writes(row * 30 + 30);
                                }
                              }),
                              3, 10);
  EXPECT_EQ(lead(order, 0, 1), 30 - 10);
  EXPECT_EQ(lead(order, 0, 2), 60 - 20);
}

TEST(Order, OfChannelsLeadsAreWholePixels) {
  const Order order = by_rows(recorded(
                                  [](auto& told) {
                                    for (int pixel = 0; pixel < 6; ++pixel) {
                                      told.reads(pixel > 0 ? pixel - 1 : 0);
                                      told.writes(pixel + 1);
                                    }
                                  },
                                  8),
                              2, 24);
  EXPECT_EQ(lead(order, 0, 2), 8);
}

TEST(Order, UnknownRowsAllowNothing) {
  EXPECT_EQ(lead(pairs_of_rows(), 0, 1), Order::kNever);
  EXPECT_EQ(lead(by_rows(pairs_of_rows(), 3, 40), 0, 1), Order::kNever) << "40 bytes are no 3 rows";
}

}  // namespace
}  // namespace thimble::offload
