// The text of a fault's report, kept over a warm reset and shown at the next boot. Safe kernel
// only.
#pragma once

namespace thimble::kernel::fault_log {

/// What print() prints from now on is kept, too. Again: nothing new. Callable from anywhere.
void open();

/// Called by print().
void add(const char* text);

/// What was kept is whole: the next boot shows it.
void close();

/// Prints what was kept before the last reset, if anything was, each line marked LAST; forgets it.
void show();

}  // namespace thimble::kernel::fault_log
