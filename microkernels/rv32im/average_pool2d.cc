// Average-pool over int8.
#include "microkernels/average_pool2d.h"

#include "microkernels/average.h"
#include "microkernels/pool.h"

namespace thimble::microkernels {

extern "C" void thimble_average_pool2d(const void* descriptor, std::byte* const* buffers,
                                       std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const AveragePool2d*>(descriptor);
  pool_rows<4>(layer.window, buffers, first_row, rows, AverageFold{layer.lowest, layer.highest});
}

extern "C" [[clang::minsize]] void thimble_average_pool2d_small(const void* descriptor,
                                                                std::byte* const* buffers,
                                                                std::uint32_t first_row,
                                                                std::uint32_t rows) {
  const auto& layer = *static_cast<const AveragePool2d*>(descriptor);
  pool_rows<1>(layer.window, buffers, first_row, rows, AverageFold{layer.lowest, layer.highest});
}

}  // namespace thimble::microkernels
