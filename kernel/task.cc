// See task.h.
#include "kernel/task.h"

#include "kernel/mutex.h"
#include "kernel/panic.h"
#include "kernel/schedule.h"
#include "kernel/statistics.h"

namespace thimble::kernel {
void Task::start(const TaskConfig& task_config) {
  require(stopped() && schedule.current != this, "a task is started that is not stopped");
  const InterruptState saved = interrupts_off();
  const auto stack = task_config.stack.bytes();
#if THIMBLE_STATISTICS
  note_start(*this, stack);
#endif
  context = make_context(stack.data() + stack.size(), task_config.entry, task_config.argument);
  config = &task_config;
  base_priority = task_config.priority.level();
  TaskControl::priority = base_priority;
  suspended = false;
  make_ready(*this);
  finish(saved);
}

void Task::stop() {
  const InterruptState saved = interrupts_off();
  if (waiting()) end_wait(*this, Status::kCancelled);
  if (state == TaskState::kReady && !suspended) make_unready(*this);
  state = TaskState::kStopped;
  choose_next();
  finish(saved);
}

void Task::suspend() {
  const InterruptState saved = interrupts_off();
  if (state == TaskState::kReady && !suspended) make_unready(*this);
  suspended = true;
  choose_next();
  finish(saved);
}

void Task::resume() {
  const InterruptState saved = interrupts_off();
  if (suspended) {
    suspended = false;
    if (state == TaskState::kReady) make_ready(*this);
  }
  finish(saved);
}

void Task::cancel_wait() {
  const InterruptState saved = interrupts_off();
  if (waiting()) end_wait(*this, Status::kCancelled);
  finish(saved);
}

void Task::set_priority(Priority new_priority) {
  const InterruptState saved = interrupts_off();
  base_priority = new_priority.level();
  Mutex::update_priority(*this);
  finish(saved);
}

const char* Task::name() const {
  return config->name;
}

Task& Task::current() {
  return static_cast<Task&>(*schedule.current);
}

/// A task's entry has returned.
extern "C" [[noreturn]] void kernel_task_ended() {
  Task::current().stop();
  __builtin_unreachable();
}

void yield() {
  give_way(interrupts_off());
}

void sleep_until(Deadline deadline) {
  const InterruptState state = interrupts_off();
  start_wait(nullptr, deadline);
  static_cast<void>(switch_away(state));
}

void sleep(time::Ticks ticks) {
  sleep_until(time::now() + ticks);
}

}  // namespace thimble::kernel
