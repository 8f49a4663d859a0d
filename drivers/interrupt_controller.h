// Interrupts of devices, through the board's interrupt controller. A board links exactly one
// implementation, a folder of drivers/.
//
//     constinit interrupt_controller::Line line(board::kUartInterrupt, 1, on_uart);
//     line.enable();
#pragma once

#include <cstdint>

namespace thimble::interrupt_controller {

/// One source of interrupts and its handler. Static: it is known to the controller from the first
/// enable() on.
class Line {
 public:
  /// `priority`: from 1; a handler is interrupted by sources of higher ones, and by the core's own
  /// interrupts. `handler` runs in an interrupt (kernel::InterruptHandler), with interrupts on; it
  /// must make its device withdraw the interrupt.
  constexpr Line(std::uint32_t source, std::uint32_t priority, void (*handler)())
      : source_(source), priority_(priority), handler_(handler) {}
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  /// Lets the source interrupt. Once the kernel has handlers (run_tasks() or init_interrupts());
  /// callable from anywhere then.
  void enable();

  /// What the source asks for meanwhile waits. Callable from anywhere.
  void disable();

 private:
  static void serve();
  static Line* find(std::uint32_t source);

  std::uint32_t source_;
  std::uint32_t priority_;
  void (*handler_)();
  Line* next_ = nullptr;
  bool known_ = false;
};

}  // namespace thimble::interrupt_controller
