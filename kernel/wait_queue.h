// Tasks that wait for something: the one structure beneath everything that blocks. The most urgent
// one stands first; among equals, whoever came first.
#pragma once

#include "kernel/task_control.h"

namespace thimble::kernel {

/// All functions want interrupts off.
class WaitQueue {
 public:
  [[nodiscard]] bool empty() const { return first_ == nullptr; }
  [[nodiscard]] TaskControl* first() const { return first_; }

  void insert(TaskControl& task);
  void remove(const TaskControl& task);

  /// There must be one.
  TaskControl& remove_first() {
    TaskControl& task = *first_;
    first_ = task.next;
    return task;
  }

 private:
  TaskControl* first_ = nullptr;
};

}  // namespace thimble::kernel
