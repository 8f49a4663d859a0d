// From reset to the application: initialized memory, a console, the main task, the end.
#include <cstring>

#include "drivers/exit.h"
#include "drivers/uart.h"
#include "kernel/config.h"
#include "kernel/fault_log.h"
#include "kernel/image.h"
#include "kernel/main_task.h"

namespace thimble::kernel {

/// Called by reset on the main stack; no variable has its value yet.
extern "C" [[noreturn]] void kernel_start() {
  std::memcpy(image_data_start, image_data_load_start,
              reinterpret_cast<std::size_t>(image_data_copy_bytes));
  std::memset(image_bss_start, 0, static_cast<std::size_t>(image_bss_end - image_bss_start));
  uart::init();
  if constexpr (kSafe) fault_log::show();
  const int code = main_task();
  uart::flush();
  exit_program(static_cast<std::uint16_t>(code));
}

}  // namespace thimble::kernel
