// See wait_queue.h.
#include "kernel/wait_queue.h"

namespace thimble::kernel {

void WaitQueue::insert(TaskControl& task) {
  TaskControl** link = &first_;
  while (*link != nullptr && (*link)->priority <= task.priority) link = &(*link)->next;
  task.next = *link;
  *link = &task;
}

void WaitQueue::remove(const TaskControl& task) {
  TaskControl** link = &first_;
  while (*link != &task) link = &(*link)->next;
  *link = task.next;
}

}  // namespace thimble::kernel
