// The plan walker. A step's arena bindings are rebased to addresses, then its function is called.
// All else (lengths, constants, descriptors) is read from flash in place.
#include "runtime/runtime.h"

#include <cstring>

#include "runtime/executable_library.h"

namespace thimble::runtime {
namespace {

constexpr std::size_t kMaxBindings = 32;
constexpr Environment kEnvironment{};

std::byte* address_of(const Step& step, unsigned binding, std::byte* arena) {
  const Binding place = step.bindings[binding];
  const bool in_arena = ((step.arena_bindings >> binding) & 1U) != 0;
  return in_arena ? arena + place.offset
                  : static_cast<std::byte*>(const_cast<void*>(place.address));
}

[[gnu::noinline]] void find_buffers(const Step& step, std::byte* arena, std::byte** buffers) {
  for (unsigned i = 0; i < step.binding_count; ++i) buffers[i] = address_of(step, i, arena);
}

// Steps have functions of their own here, so that none has the others' buffers on its stack while
// it calls.
[[gnu::noinline]] StatusCode run_dispatch(const Plan& plan, const Step& step, std::byte* arena) {
  if (step.binding_count > kMaxBindings) return StatusCode::kBadPlan;
  std::byte* buffers[kMaxBindings];
  find_buffers(step, arena, buffers);
  const DispatchState dispatch{
      .workgroup_size_x = 1,
      .workgroup_size_y = 1,
      .workgroup_size_z = 1,
      .constant_count = step.constant_count,
      .workgroup_count_x = step.workgroups[0],
      .workgroup_count_y = step.workgroups[1],
      .workgroup_count_z = step.workgroups[2],
      .max_concurrency = 1,
      .binding_count = step.binding_count,
      .constants = static_cast<const std::uint32_t*>(step.detail),
      .binding_pointers = reinterpret_cast<void* const*>(buffers),
      .binding_lengths = step.lengths,
  };
  const auto function = reinterpret_cast<Dispatch>(const_cast<void*>(step.function));
  WorkgroupState workgroup{};
  workgroup.local_memory = arena + plan.local_memory_offset;
  workgroup.local_memory_bytes = plan.local_memory_bytes;
  for (unsigned z = 0; z < step.workgroups[2]; ++z) {
    workgroup.workgroup_id_z = static_cast<std::uint16_t>(z);
    for (unsigned y = 0; y < step.workgroups[1]; ++y) {
      workgroup.workgroup_id_y = y;
      for (unsigned x = 0; x < step.workgroups[0]; ++x) {
        workgroup.workgroup_id_x = x;
        if (function(&kEnvironment, &dispatch, &workgroup) != 0) return StatusCode::kDispatchFailed;
      }
    }
  }
  return StatusCode::kOk;
}

// Writes the pattern once, then doubles what is there: any pattern at the speed of memcpy.
void fill(std::byte* target, std::size_t length, const FillPattern& pattern) {
  std::size_t filled = pattern.bytes < length ? pattern.bytes : length;
  std::memcpy(target, &pattern.pattern, filled);
  while (filled < length) {
    const std::size_t rest = length - filled;
    const std::size_t count = filled < rest ? filled : rest;
    std::memcpy(target + filled, target, count);
    filled += count;
  }
}

[[gnu::noinline]] StatusCode run_microkernel(const Step& step, std::byte* arena) {
  if (step.binding_count > kMostMicrokernelBuffers) return StatusCode::kBadPlan;
  std::byte* buffers[kMostMicrokernelBuffers];
  find_buffers(step, arena, buffers);
  const auto function = reinterpret_cast<Microkernel>(const_cast<void*>(step.function));
  function(step.detail, buffers, 0, step.workgroups[0]);
  return StatusCode::kOk;
}

StatusCode run_move(const Step& step, std::byte* arena) {
  std::byte* const target = address_of(step, 0, arena);
  if (step.kind == StepKind::kFill) {
    fill(target, step.lengths[0], *static_cast<const FillPattern*>(step.detail));
  } else {
    std::memmove(target, address_of(step, 1, arena), step.lengths[0]);
  }
  return StatusCode::kOk;
}

StatusCode run_step(const Plan& plan, const Step& step, std::byte* arena) {
  switch (step.kind) {
    case StepKind::kDispatch:
      return run_dispatch(plan, step, arena);
    case StepKind::kMicrokernel:
      return run_microkernel(step, arena);
    case StepKind::kFill:
    case StepKind::kCopy:
      return run_move(step, arena);
    case StepKind::kStream:
      break;
  }
  return StatusCode::kBadPlan;
}

}  // namespace

extern "C" std::uint32_t thimble_run(const Plan* plan, std::byte* arena, std::size_t arena_bytes,
                                     StepHook hook, void* context) {
  if (arena_bytes < plan->arena_bytes ||
      reinterpret_cast<std::uintptr_t>(arena) % kArenaAlignment != 0) {
    return Status::at(StatusCode::kBadArena, 0).value;
  }
  for (std::uint32_t i = 0; i < plan->step_count; ++i) {
    const Step& step = plan->steps[i];
    if (step.kind == StepKind::kStream) {
      const auto runner = reinterpret_cast<StreamRunner>(const_cast<void*>(step.function));
      const std::uint32_t status = runner(plan, i, arena, hook, context);
      if (status != 0) return status;
      i += step.workgroups[0];
      continue;
    }
    const StatusCode code = run_step(*plan, step, arena);
    if (code != StatusCode::kOk) return Status::at(code, i).value;
    if (hook != nullptr && !hook(context, i)) return Status::at(StatusCode::kCancelled, i).value;
  }
  return 0;
}

}  // namespace thimble::runtime
