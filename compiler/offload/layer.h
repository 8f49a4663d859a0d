// A layer that a microkernel computes, ready to be planned and emitted: which function, its
// descriptor, its constants. Nothing behind this header knows one operator from another.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/offload/order.h"

namespace thimble::offload {

/// What calls of a microkernel cost, in instructions, about.
struct CallCost {
  double call = 0;  ///< whatever the rows
  double row = 0;
  int columns = 1;  ///< that are computed together with those of the next row
  std::vector<double> rests{0};  ///< more, by the columns that make no whole tile
  NLOHMANN_DEFINE_TYPE_INTRUSIVE(CallCost, call, row, columns, rests)

  [[nodiscard]] double of(std::int64_t rows) const {
    const auto tile = static_cast<std::int64_t>(rests.size());
    return call + row * static_cast<double>(rows) +
           rests[static_cast<std::size_t>(rows * columns % tile)];
  }
};

/// What microkernels are chosen for. All are exact.
enum class Goal { kSpeed, kSize };

struct Layer {
  std::string function;    ///< what stands for it in the compiled program: "<model>_layer_<number>"
  std::string tensor;      ///< the TFLite tensor that it computes, as the program names it: "t17"
  std::string operation;   ///< where it began in the program: "tosa.conv2d"
  std::string symbol;      ///< of the microkernel: "thimble_conv2d"
  std::string header;      ///< that declares its descriptor: "microkernels/conv2d.h"
  std::string descriptor;  ///< type and initializer, "Conv2d{...}"; "$0" is the address of the
                           ///< first constant, and so on
  std::vector<std::vector<std::uint8_t>> constants;  ///< each placed at a multiple of 4
  int rows = 1;                      ///< of output, which the microkernel is asked for
  std::uint64_t scratch_bytes = 0;   ///< of working memory besides its tensors: its last buffer
  std::vector<Order> orders;         ///< how each input is read; none: nothing is known
  std::vector<RowReads> reads;       ///< of each input; none: any row may read everything
  bool reduces = false;  ///< rows are of the input: calls go through all of them, in their order,
                         ///< and the last one writes the output
  std::uint64_t sums_bytes = 0;  ///< then: scratch that must be kept between calls
  CallCost cost;
  std::map<std::string, int> forms;  ///< output channels on each form of requantization
  int dead_channels = 0;             ///< left out, because no input changes them
  NLOHMANN_DEFINE_TYPE_INTRUSIVE(Layer, function, tensor, operation, symbol, header, descriptor,
                                 constants, rows, scratch_bytes, orders, reads, reduces, sums_bytes,
                                 cost, forms, dead_channels)
};

/// An operation that could have begun a layer, and why it is left to IREE.
struct Refusal {
  std::string tensor;
  std::string operation;
  std::string reason;
  NLOHMANN_DEFINE_TYPE_INTRUSIVE(Refusal, tensor, operation, reason)
};

}  // namespace thimble::offload
