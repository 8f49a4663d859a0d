// The image's boundaries, as kernel/arch/riscv/sections.ld sets them. Their addresses are the
// values.
#pragma once

#include <cstddef>

namespace thimble::kernel {

// NOLINTBEGIN(bugprone-dynamic-static-initializers,readability-identifier-naming): the linker's
extern "C" {
extern const std::byte image_text_start[] asm("__text_start");
extern const std::byte image_text_end[] asm("__text_end");
extern const std::byte image_rodata_end[] asm("__rodata_end");
extern std::byte image_data_start[] asm("__data_start");
extern const std::byte image_data_end[] asm("__data_end");
extern const std::byte image_data_load_start[] asm("__data_load_start");
extern const std::byte image_data_copy_bytes[] asm("__data_copy_bytes");  ///< 0: loaded in place
extern std::byte image_bss_start[] asm("__bss_start");
extern std::byte image_bss_end[] asm("__bss_end");
extern const std::byte image_stacks_start[] asm("__stacks_start");
extern std::byte image_trap_stack_limit[] asm("__trap_stack_limit");
extern std::byte image_trap_stack_top[] asm("__trap_stack_top");
extern std::byte image_main_stack_limit[] asm("__main_stack_limit");
extern std::byte image_main_stack_top[] asm("__main_stack_top");
}
// NOLINTEND(bugprone-dynamic-static-initializers,readability-identifier-naming)

}  // namespace thimble::kernel
