// What an application gives the kernel.
#pragma once

namespace thimble::kernel {

/// The application, defined by it. Runs on the main stack, with interrupts off, after memory and
/// UART are set up. Its result ends the program: 0 is success.
int main_task();

}  // namespace thimble::kernel
