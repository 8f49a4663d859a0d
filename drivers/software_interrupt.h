// The core's software interrupt, raised by a register: for tests and measurements of interrupts. A
// board with a CLINT links one implementation.
#pragma once

namespace thimble::software_interrupt {

/// The interrupt is pending until clear(). Callable from anywhere.
void raise();
void clear();

}  // namespace thimble::software_interrupt
