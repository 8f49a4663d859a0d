// Memory-mapped registers: the only place where drivers turn an address into an access.
#pragma once

#include <cstdint>

namespace thimble {

/// A device register of type T at `address`. Accesses happen exactly as written, in order.
template <typename T>
class Register {
 public:
  explicit constexpr Register(std::uintptr_t address) : address_(address) {}

  [[nodiscard]] T read() const { return *pointer(); }
  void write(T value) const { *pointer() = value; }

 private:
  // Safety: the address is a device register of the board's description, never ordinary memory.
  [[nodiscard]] volatile T* pointer() const {
    return reinterpret_cast<volatile T*>(address_);  // NOLINT(performance-no-int-to-ptr)
  }

  std::uintptr_t address_;
};

}  // namespace thimble
