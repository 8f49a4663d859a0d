// Max-pool over int8.
#include "microkernels/max_pool2d.h"

#include "microkernels/pool.h"

namespace thimble::microkernels {
namespace {

struct Maximum {
  static constexpr std::int32_t kFirst = INT8_MIN;
  static std::int32_t next(std::int32_t highest, std::int32_t value) {
    return value > highest ? value : highest;
  }
  [[nodiscard]] std::int8_t result(std::int32_t highest, int /*count*/) const {
    return static_cast<std::int8_t>(highest);
  }
};

} // namespace

extern "C" void thimble_max_pool2d(const void *descriptor,
                                   std::byte *const *buffers,
                                   std::uint32_t first_row,
                                   std::uint32_t rows) {
  pool_rows<4>(static_cast<const MaxPool2d *>(descriptor)->window, buffers,
               first_row, rows, Maximum{});
}

extern "C" [[clang::minsize]] void
thimble_max_pool2d_small(const void *descriptor, std::byte *const *buffers,
                         std::uint32_t first_row, std::uint32_t rows) {
  pool_rows<1>(static_cast<const MaxPool2d *>(descriptor)->window, buffers,
               first_row, rows, Maximum{});
}

} // namespace thimble::microkernels
