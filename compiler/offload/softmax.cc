// Softmax of int8, which the converter spells out as some forty operations: its fixed-point
// arithmetic is LiteRT's, with the exponentials in tables.
#include "microkernels/softmax.h"

#include <fmt/format.h>

#include <string_view>

#include "compiler/offload/candidate.h"
#include "compiler/offload/exponential.h"
#include "compiler/offload/listing.h"

namespace thimble::offload {
namespace {

using mlir::Operation;

// "{}" is the input's zero point.
constexpr std::string_view kChain =
    R"(1 rescale(x 1073741824 30 {} 0) i32 rounding_mode=#tosa.rounding_mode<SINGLE_ROUND> scale32=true
2 reduce_max(%1) i32 axis=last
3 sub(%1 %2) i32
4 rescale(%3 1073741824 23 0 0) i16 rounding_mode=#tosa.rounding_mode<SINGLE_ROUND> scale32=true
5 table(%4 table) i32
6 logical_left_shift(%5 17) i32
7 table(%4 table) i32
8 logical_left_shift(%7 9) i32
9 add(%6 %8) i32
10 table(%4 table) i32
11 logical_left_shift(%10 1) i32
12 add(%9 %11) i32
13 table(%4 table) i32
14 arithmetic_right_shift(%13 7) i32 round=true
15 add(%12 %14) i32
16 arithmetic_right_shift(%15 12) i32 round=true
17 reduce_sum(%16) i32 axis=last
18 clz(%17) i32
19 sub(%18 1) i32
20 logical_left_shift(%17 %19) i32
21 mul(%20 -1010580540 31) i32
22 add(%21 1515870810) i32
23 mul(%22 %20 31) i32
24 sub(536870912 %23) i32
25 mul(%22 %24 31) i32
26 mul(%25 4 0) i32
27 add(%22 %26) i32
28 mul(%27 %20 31) i32
29 sub(536870912 %28) i32
30 mul(%27 %29 31) i32
31 mul(%30 4 0) i32
32 add(%27 %31) i32
33 mul(%32 %20 31) i32
34 sub(536870912 %33) i32
35 mul(%32 %34 31) i32
36 mul(%35 4 0) i32
37 add(%32 %36) i32
38 mul(%15 %37 30) i32
39 sub(35 %18) i32
40 arithmetic_right_shift(%38 %39) i32 round=true
41 rescale(%40 1073741824 30 0 -128) i8 rounding_mode=#tosa.rounding_mode<SINGLE_ROUND> scale32=true
)";
constexpr const char* kUnlike = "not LiteRT's softmax of int8";

class SoftmaxLayer : public Candidate {
 public:
  SoftmaxLayer(const microkernels::Softmax& softmax, int rows) : softmax_(softmax), rows_(rows) {}

  [[nodiscard]] Layer encode(Goal /*goal*/) const override {
    Layer layer;
    layer.symbol = "thimble_softmax";
    layer.header = "microkernels/softmax.h";
    layer.descriptor = fmt::format("Softmax{{{}, {}, {}}}", softmax_.multiplier, softmax_.elements,
                                   softmax_.left_shift);
    layer.rows = rows_;
    const auto tell = [&](auto& order) {
      microkernels::softmax_order(softmax_, static_cast<std::uint32_t>(rows_), order);
    };
    layer.orders = {by_rows(recorded(tell), rows_, softmax_.elements)};
    layer.reads = {{0, softmax_.elements, softmax_.elements}};
    layer.scratch_bytes = softmax_.elements * sizeof(std::int32_t);
    return layer;
  }

 private:
  microkernels::Softmax softmax_;
  int rows_;
};

// The int8 result that comes of a value, if there is one.
const Operation* int8_behind(const Graph& graph, const Operation* operation) {
  const auto is_int8 = [](const Operation& any) {
    const auto type = mlir::tensor_type(any.result_types[0]);
    return type && type->element == "i8";
  };
  while (!is_int8(*operation)) {
    const auto& users = graph.users(operation->results[0]);
    if (users.empty() || users[0]->results.size() != 1) return nullptr;
    operation = users[0];
  }
  return operation;
}

// Entries of 2^31 exp from below 0 to below 255, put together as the chain does: byte by byte from
// four tables, which have an entry every 128 of their input.
std::vector<std::int32_t> exponentials(const std::vector<std::vector<std::int64_t>>& tables) {
  constexpr std::size_t kEntries = 256;
  std::vector<std::int32_t> result;
  for (std::size_t below = 0; below < kEntries; ++below) {
    std::uint32_t value = 0;
    for (const auto& table : tables)
      value = (value << 8) + static_cast<std::uint32_t>(table[kEntries - below]);
    result.push_back(static_cast<std::int32_t>(value));
  }
  return result;
}

}  // namespace

Recognition recognize_softmax(const Graph& graph, const Operation& operation) {
  if (operation.name != "tosa.reduce_max") return {};
  const Operation* difference =
      graph.users(operation.results[0]).empty() ? nullptr : graph.users(operation.results[0])[0];
  if (difference == nullptr || difference->name != "tosa.sub" ||
      difference->operands[0] != operation.operands[0]) {
    return {};
  }
  const Operation* first = graph.producer(operation.operands[0]);
  const Operation* last = int8_behind(graph, &operation);
  if (first == nullptr || last == nullptr || first->name != "tosa.rescale")
    return {nullptr, kUnlike};
  const auto type = mlir::tensor_type(first->operand_types[0]);
  const auto zero_point = graph.single(first->operands[3]);
  if (!type || type->element != "i8" || !zero_point) return {nullptr, kUnlike};
  const Listing listing = list_chain(graph, first->operands[0], *last);
  if (listing.text != fmt::format(kChain, *zero_point)) return {nullptr, kUnlike};
  const std::int64_t elements = type->shape.back();
  const std::int64_t rows = type->count() / elements;
  if (elements > microkernels::kMostSoftmaxElements)
    return {nullptr, "more than 4095 elements in a row, whose sum may overflow"};
  if (rows > UINT16_MAX) return {nullptr, "more than 65535 rows"};
  auto softmax = find_exponential(exponentials(listing.tables));
  if (!softmax) return {nullptr, kUnlike};
  softmax->elements = static_cast<std::uint16_t>(elements);
  auto layer = std::make_unique<SoftmaxLayer>(*softmax, static_cast<int>(rows));
  layer->inputs = {first->operands[0]};
  layer->last = last;
  return {std::move(layer), {}};
}

}  // namespace thimble::offload
