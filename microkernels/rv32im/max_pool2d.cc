// Max-pool over int8.
#include "microkernels/max_pool2d.h"

#include "microkernels/pool.h"

namespace thimble::microkernels {
namespace {

struct Maximum {
  static constexpr std::int32_t kFirst = INT8_MIN;
  static std::int32_t next(std::int32_t maximum, std::int32_t value) {
    return value > maximum ? value : maximum;
  }
  [[nodiscard]] std::int8_t result(std::int32_t maximum, int /*count*/) const {
    const int raised = maximum < lowest ? lowest : maximum;
    return static_cast<std::int8_t>(raised > highest ? highest : raised);
  }

  int lowest;
  int highest;
};

}  // namespace

extern "C" void thimble_max_pool2d(const void* descriptor, std::byte* const* buffers,
                                   std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const MaxPool2d*>(descriptor);
  pool_rows<4>(layer.window, buffers, first_row, rows, Maximum{layer.lowest, layer.highest});
}

extern "C" [[clang::minsize]] void thimble_max_pool2d_small(const void* descriptor,
                                                            std::byte* const* buffers,
                                                            std::uint32_t first_row,
                                                            std::uint32_t rows) {
  const auto& layer = *static_cast<const MaxPool2d*>(descriptor);
  pool_rows<1>(layer.window, buffers, first_row, rows, Maximum{layer.lowest, layer.highest});
}

}  // namespace thimble::microkernels
