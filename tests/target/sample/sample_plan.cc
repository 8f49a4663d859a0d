// The plan of model `sample`, in the form that the compiler emits.
#include "runtime/runtime.h"
#include "sample.h"
#include "sample.hpp"

// Functions are declared as objects: their addresses are constants then.
extern "C" {
extern const std::byte sample_dispatch_0[];
extern const std::byte sample_scale[];
extern const std::int8_t sample_weights[16];
}

namespace thimble::model::sample {
namespace {

using runtime::Binding;
using runtime::FillPattern;
using runtime::Plan;
using runtime::Step;
using runtime::StepKind;

// Step 0: fill the sums.
constexpr Binding kBindings0[] = {{.offset = 128}};
constexpr std::size_t kLengths0[] = {16};
constexpr FillPattern kDetail0 = {100, 4};
// Step 1: one row of the sums per workgroup, from the input and the weights.
constexpr Binding kBindings1[] = {{.offset = 0}, {.address = sample_weights}, {.offset = 128}};
constexpr std::size_t kLengths1[] = {16, 16, 16};
constexpr std::uint32_t kDetail1[] = {4, 7};
// Step 2: scale into scratch.
constexpr Binding kBindings2[] = {{.offset = 0}, {.offset = 16}};
constexpr std::int32_t kDetail2[] = {2, 4};
// Step 3: to the output.
constexpr Binding kBindings3[] = {{.offset = 64}, {.offset = 16}};
constexpr std::size_t kLengths3[] = {16, 16};

constexpr Step kSteps[] = {
    {StepKind::kFill, 1, 0, 0, 0x1, {1, 1, 1}, 0, nullptr, kBindings0, kLengths0, &kDetail0},
    {StepKind::kDispatch,
     3,
     2,
     0,
     0x5,
     {2, 2, 1},
     0,
     sample_dispatch_0,
     kBindings1,
     kLengths1,
     kDetail1},
    {StepKind::kMicrokernel,
     2,
     0,
     0,
     0x3,
     {4, 1, 1},
     1,
     sample_scale,
     kBindings2,
     nullptr,
     kDetail2},
    {StepKind::kCopy, 2, 0, 0, 0x3, {1, 1, 1}, 1, nullptr, kBindings3, kLengths3, nullptr},
};

}  // namespace

constinit const Plan kPlan = {kSteps, 4, kArenaBytes, 144, 16};

runtime::Status run(std::span<std::byte, kArenaBytes> arena) {
  return runtime::run(kPlan, arena);
}

}  // namespace thimble::model::sample

extern "C" int sample_run(void* arena) {
  using namespace thimble::model::sample;
  return static_cast<int>(
      run(std::span<std::byte, kArenaBytes>(static_cast<std::byte*>(arena), kArenaBytes)).value);
}
