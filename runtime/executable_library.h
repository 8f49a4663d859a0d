// The target's view of IREE's executable library ABI, version 0.6: the three structures that a
// generated dispatch reads. Field order and widths are the ABI; the offsets are checked on 32-bit
// targets.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/plan.h"

namespace thimble::runtime {

/// What a dispatch may ask of its host. Our plans use none of it: no specialization constants, no
/// imports, no processor features, so one zeroed instance serves all.
struct Environment {
  const std::uint32_t* constants;
  int (*import_thunk)(void* function, void* parameters, void* context, void* reserved);
  const void* const* import_functions;
  const void* const* import_contexts;
  std::uint64_t processor_data[8];
};

/// What all workgroups of a dispatch share.
struct DispatchState {
  std::uint32_t workgroup_size_x;
  std::uint32_t workgroup_size_y;
  std::uint16_t workgroup_size_z;
  std::uint16_t constant_count;
  std::uint32_t workgroup_count_x;
  std::uint32_t workgroup_count_y;
  std::uint16_t workgroup_count_z;
  std::uint8_t max_concurrency;
  std::uint8_t binding_count;
  const std::uint32_t* constants;
  void* const* binding_pointers;
  const std::size_t* binding_lengths;
};

/// What one workgroup has for itself.
struct WorkgroupState {
  std::uint32_t workgroup_id_x;
  std::uint32_t workgroup_id_y;
  std::uint16_t workgroup_id_z;
  std::uint16_t reserved;
  std::uint32_t processor_id;
  void* local_memory;
  std::uint32_t local_memory_bytes;
};

#if UINTPTR_MAX == UINT32_MAX
static_assert(offsetof(Environment, import_contexts) == 12);
static_assert(offsetof(Environment, processor_data) == 16);
static_assert(sizeof(Environment) == 80);

static_assert(offsetof(DispatchState, workgroup_size_y) == 4);
static_assert(offsetof(DispatchState, workgroup_size_z) == 8);
static_assert(offsetof(DispatchState, constant_count) == 10);
static_assert(offsetof(DispatchState, workgroup_count_x) == 12);
static_assert(offsetof(DispatchState, workgroup_count_y) == 16);
static_assert(offsetof(DispatchState, workgroup_count_z) == 20);
static_assert(offsetof(DispatchState, max_concurrency) == 22);
static_assert(offsetof(DispatchState, binding_count) == 23);
static_assert(offsetof(DispatchState, constants) == 24);
static_assert(offsetof(DispatchState, binding_pointers) == 28);
static_assert(offsetof(DispatchState, binding_lengths) == 32);
static_assert(sizeof(DispatchState) == 36);

static_assert(offsetof(WorkgroupState, workgroup_id_y) == 4);
static_assert(offsetof(WorkgroupState, workgroup_id_z) == 8);
static_assert(offsetof(WorkgroupState, processor_id) == 12);
static_assert(offsetof(WorkgroupState, local_memory) == 16);
static_assert(offsetof(WorkgroupState, local_memory_bytes) == 20);
static_assert(sizeof(WorkgroupState) == 24);
#endif

}  // namespace thimble::runtime
