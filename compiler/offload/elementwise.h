// How the elements of inputs and output of an operation meet. Internal to
// offload.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/mlir/operation.h"
#include "compiler/offload/order.h"
#include "microkernels/elementwise.h"

namespace thimble::offload {

/// Rows in which a tensor is computed: those of a picture [1, rows, columns,
/// channels], else one.
[[nodiscard]] int rows_of(const mlir::TensorType& type);

struct Meeting {
  int rows = 1;
  bool swapped = false;  ///< the microkernel's first input is the operation's second
  microkernels::Broadcast broadcast{};
};

/// Two inputs of the same rank. Absent when they meet in a way that a
/// descriptor cannot hold.
[[nodiscard]] std::optional<Meeting> read_meeting(const mlir::TensorType& first,
                                                  const mlir::TensorType& second,
                                                  const mlir::TensorType& output);

/// The initializer of a Broadcast.
[[nodiscard]] std::string broadcast_text(const microkernels::Broadcast& broadcast);

/// How both inputs of a microkernel are read.
[[nodiscard]] std::vector<Order> orders_of(const Meeting& meeting);
[[nodiscard]] std::vector<RowReads> reads_of(const Meeting& meeting);

}  // namespace thimble::offload
