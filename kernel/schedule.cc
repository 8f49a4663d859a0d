// See schedule.h. A level is a ring of ready tasks, kept by its last one. The running task is the
// first of its level.
#include "kernel/schedule.h"

#include "kernel/mutex.h"
#include "kernel/panic.h"

namespace thimble::kernel {
namespace {

// Runs when no task is ready: run_tasks(), on the main stack. Never in a level.
constinit TaskControl idle = [] {
  TaskControl task{};
  task.priority = kPriorities;
  return task;
}();

constinit std::uint32_t ready_levels = 0;  // bit p: level p has a task
constinit TaskControl* levels[kPriorities] = {};

// The index of the only bit that is set. Base instructions have no count of zeros.
unsigned index_of(std::uint32_t bit) {
  constexpr std::uint32_t kSequence = 0x077c'b531;  // de Bruijn: each 5 bits of it occur once
  static constexpr auto kIndices = [] {
    struct Table {
      std::uint8_t of[32];
    } table{};
    for (unsigned i = 0; i < 32; ++i) {
      table.of[(kSequence << i) >> 27U] = static_cast<std::uint8_t>(i);
    }
    return table;
  }();
  return kIndices.of[(bit * kSequence) >> 27U];
}

TaskControl& level_of_first() {
  return *levels[index_of(ready_levels & -ready_levels)]->next;
}

// Time slices lie on a grid that runs only while tasks share a level.
constinit Timeout slice{};

void slice_expired(Timeout& /*slice*/);

void arm_slice() {
  constexpr time::Ticks kSlice = time::kTicksPerSecond * kTimeSliceMicroseconds / 1'000'000;
  slice.expired = slice_expired;
  arm(slice, time::now() + kSlice);
}

void slice_expired(Timeout& /*slice*/) {
  bool shared = false;
  for (std::uint32_t rest = ready_levels; rest != 0; rest &= rest - 1) {
    const TaskControl* const last = levels[index_of(rest & -rest)];
    shared = shared || last->next != last;
  }
  if (shared) arm_slice();
  TaskControl& task = *schedule.current;
  TaskControl*& last = levels[task.priority % kPriorities];  // idle: of another level
  if (last == nullptr || last->next != &task) return;        // not ready any more
  last = &task;
  if (schedule.next == &task) schedule.next = task.next;
}

void append(TaskControl& task) {
  TaskControl*& last = levels[task.priority];
  if (last == nullptr) {
    task.next = &task;
    ready_levels |= 1U << task.priority;
  } else {
    task.next = last->next;
    last->next = &task;
    if (kTimeSliceMicroseconds != 0 && !slice.armed()) [[unlikely]]
      arm_slice();
  }
  last = &task;
}

// What waited does so no longer; it is in no queue.
void release(TaskControl& task, Status result) {
  task.queue = nullptr;
  task.result = result;
  if (task.timeout.armed()) disarm(task.timeout);
  make_ready(task);
}

}  // namespace

constinit Schedule schedule{&idle, &idle};

const TaskControl& idle_task() {
  return idle;
}

void make_ready(TaskControl& task) {
  task.state = TaskState::kReady;
  if (task.suspended) [[unlikely]]
    return;
  append(task);
  if (task.priority < schedule.next->priority) schedule.next = &task;
}

void make_unready(TaskControl& task) {
  TaskControl*& last = levels[task.priority];
  TaskControl* before = last;
  while (before->next != &task) before = before->next;  // the running task is found at once
  if (before == &task) {
    last = nullptr;
    ready_levels &= ~(1U << task.priority);
    return;
  }
  before->next = task.next;
  if (last == &task) last = before;
}

void choose_next() {
  schedule.next = ready_levels == 0 ? &idle : &level_of_first();
}

void give_way(InterruptState state) {
  TaskControl& task = *schedule.current;
  if (task.next == &task) {
    restore_interrupts(state);
    return;
  }
  levels[task.priority] = &task;
  schedule.next = task.next;
  kernel_switch(state);
}

void set_priority(TaskControl& task, std::uint8_t priority) {
  const bool ready = task.state == TaskState::kReady && !task.suspended;
  if (ready) make_unready(task);
  if (task.queue != nullptr) task.queue->remove(task);
  task.priority = priority;
  if (task.queue != nullptr) task.queue->insert(task);
  if (!ready) return;
  append(task);
  if (&task == schedule.current) {  // the first of its level
    TaskControl*& last = levels[priority];
    while (last->next != &task) last = last->next;
  }
  choose_next();
}

void end_wait(TaskControl& task, Status result) {
  WaitQueue* const queue = task.queue;
  const bool for_mutex = task.state == TaskState::kForMutex;
  if (queue == nullptr) {
    release(task, result);
    return;
  }
  queue->remove(task);
  release(task, result);
  if (for_mutex) Mutex::of(*queue).waiter_left();
}

TaskControl& wake_first(WaitQueue& queue, Status result) {
  TaskControl& task = queue.remove_first();
  release(task, result);
  return task;
}

void wake_and_finish(WaitQueue& queue, InterruptState state) {
  wake_first(queue);
  finish(state);
}

void cancel_all(WaitQueue& queue) {
  while (!queue.empty()) end_wait(*queue.first(), Status::kCancelled);
}

void start_wait(WaitQueue* queue, Deadline deadline, TaskState state) {
  if (kSafe) require(!in_interrupt(), "an interrupt must not wait");
  TaskControl& task = *schedule.current;
  make_unready(task);
  task.state = state;
  task.queue = queue;
  if (queue != nullptr) queue->insert(task);
  if (deadline == kForever) return;
  task.timeout.expired = [](Timeout& timeout) {
    // Safety: the timeout of a task, armed nowhere else.
    auto* const bytes = reinterpret_cast<std::byte*>(&timeout);
    end_wait(*reinterpret_cast<TaskControl*>(bytes - offsetof(TaskControl, timeout)),
             Status::kTimeout);
  };
  arm(task.timeout, deadline);
}

Status switch_away(InterruptState state) {
  choose_next();
  return Status{kernel_switch(state)};
}

void finish(InterruptState state) {
  if (schedule.next == schedule.current || in_interrupt()) {
    restore_interrupts(state);
    return;
  }
  kernel_switch(state);
}

Status wait_in(WaitQueue& queue, Deadline deadline, InterruptState state, void* argument) {
  if (deadline == kNoWait) {
    restore_interrupts(state);
    return Status::kTimeout;
  }
  schedule.current->argument = argument;
  start_wait(&queue, deadline);
  return switch_away(state);
}

}  // namespace thimble::kernel
