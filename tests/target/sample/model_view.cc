// Model `sample` for applications that serve any model, in the form that the compiler emits.
#include <cstddef>

#include "runtime/model.h"
#include "sample.hpp"

namespace {

using thimble::runtime::ElementType;
using thimble::runtime::TensorView;
namespace sample = thimble::model::sample;

alignas(sample::kArenaAlignment) constinit std::byte arena[sample::kArenaBytes] = {};

constexpr TensorView kInputs[] = {{"pixels", ElementType::kInt8, 0, 16}};
constexpr TensorView kOutputs[] = {{"scaled", ElementType::kInt8, 64, 16},
                                   {"sum", ElementType::kInt32, 128, 16}};

}  // namespace

constinit const thimble::runtime::ModelView kModel = {"sample", &sample::kPlan, arena, kInputs,
                                                      kOutputs};
