// The end of a program that has found a bug in itself.
#pragma once

namespace thimble::kernel {

/// Prints "FAULT: file:line: message" and ends with a failure. Callable from anywhere.
[[noreturn]] void panic(const char* message, const char* file = __builtin_FILE(),
                        unsigned line = __builtin_LINE());

/// Panics with `message` unless `condition` holds. Callable from anywhere.
inline void require(bool condition, const char* message, const char* file = __builtin_FILE(),
                    unsigned line = __builtin_LINE()) {
  if (!condition) panic(message, file, line);
}

}  // namespace thimble::kernel
