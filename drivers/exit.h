// The end of the program, told to whatever runs it: a simulator or a test bench. A board links
// exactly one implementation, a folder of drivers/.
#pragma once

#include <cstdint>

namespace thimble {

/// Ends the program; whoever runs it sees `code`, 0 for success. Flush the UART before. Callable
/// from anywhere.
[[noreturn]] void exit_program(std::uint16_t code);

/// Starts the machine anew; memory keeps its content as far as nothing loads it. Callable from
/// anywhere.
[[noreturn]] void reset_machine();

}  // namespace thimble
