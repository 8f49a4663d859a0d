// See fed_interface.h.
#include "compiler/emit/fed_interface.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/emit/model_interface.h"

namespace thimble::emit {

std::string fed_c_constants(const Interface& interface) {
  const FedRows& fed = *interface.fed;
  const std::string caps = upper(interface.name);
  return fmt::format(
      "\n/* The input comes by rows, and is never there as a whole: its rows, bytes of each, and "
      "how "
      "many\n   rows the arena keeps. */\n"
      "#define {0}_INPUT_0_ROWS {1}u\n#define {0}_INPUT_0_ROW_BYTES {2}u\n"
      "#define {0}_INPUT_0_WINDOW_ROWS {3}u\n",
      caps, fed.rows, fed.row_bytes, fed.window_rows);
}

std::string fed_c_functions(const Interface& interface) {
  return fmt::format(
      R"(/* An inference: {0}_begin; then all {1}_INPUT_0_ROWS rows of the input in their order, by {0}_feed_rows or by
   {0}_next_rows and {0}_rows_written; then {0}_finish. `arena` has {1}_ARENA_BYTES bytes aligned to
   {1}_ARENA_ALIGNMENT, and is left alone in between. 0 is success; else the low byte says what is
   wrong, and nothing has changed: 3, the arena is misaligned; 5, not begun; 6, more rows than are to
   come or than there is room for; 7, rows are missing. Not for interrupts. */
int {0}_begin(void* arena);
/* Copies the next `count` rows and computes with them; any number from 0 on. */
int {0}_feed_rows(void* arena, const {2}* rows, uint32_t count);
/* Where to write the next rows instead, and in `count` how many there is room for: at least 1, until
   all have come; then NULL and 0. The place changes with each call of {0}_rows_written. */
{2}* {0}_next_rows(void* arena, uint32_t* count);
/* The first `count` of them are written: computes with them. */
int {0}_rows_written(void* arena, uint32_t count);
/* How many rows have come; 0 when no inference is under way. */
uint32_t {0}_rows_fed(void* arena);
/* Computes what is left: the outputs are there until the next {0}_begin. */
int {0}_finish(void* arena);
)",
      interface.name, upper(interface.name), c_type(interface.inputs[0]));
}

std::string fed_cpp_functions(const Interface& interface) {
  const FedRows& fed = *interface.fed;
  return fmt::format(
      R"(/// For runtime/feed.h, where a hook between steps is wanted.
extern const runtime::FedInput kFedInput;

/// Rows of the input: how many, the elements of each, and how many the arena keeps.
inline constexpr std::size_t kRows = {1};
inline constexpr std::size_t kRowElements = {2};
inline constexpr std::size_t kWindowRows = {3};

/// Begins an inference, or begins anew. Then come all rows, by feed_rows() or by next_rows() and
/// rows_written(), then finish(). The arena, aligned to kArenaAlignment, is left alone in between.
/// All return 0 on success, else the value of a runtime::Status, and then nothing has changed:
/// kBadArena, kNotBegun, kTooManyRows, kRowsMissing. Not for interrupts.
[[nodiscard]] inline int begin(Arena arena) {{ return {0}_begin(arena.data()); }}

/// Copies the next rows, any number of whole ones, and computes with them.
[[nodiscard]] inline int feed_rows(Arena arena, std::span<const Input0::Element> rows) {{
  return {0}_feed_rows(arena.data(), rows.data(),
                       static_cast<std::uint32_t>(rows.size() / kRowElements));
}}

/// Where to write the next rows instead, as many as there is room for: at least one, until all have
/// come. The place changes with each rows_written().
[[nodiscard]] inline std::span<Input0::Element> next_rows(Arena arena) {{
  std::uint32_t count = 0;
  Input0::Element* const rows = {0}_next_rows(arena.data(), &count);
  return {{rows, count * kRowElements}};
}}

/// The first `count` rows of next_rows() are written: computes with them.
[[nodiscard]] inline int rows_written(Arena arena, std::uint32_t count) {{
  return {0}_rows_written(arena.data(), count);
}}

/// How many rows have come; 0 when no inference is under way.
[[nodiscard]] inline std::uint32_t rows_fed(Arena arena) {{ return {0}_rows_fed(arena.data()); }}

/// Computes what is left: the outputs are there until the next begin().
[[nodiscard]] inline int finish(Arena arena) {{ return {0}_finish(arena.data()); }}
)",
      interface.name, fed.rows, interface.inputs[0].elements / fed.rows, fed.window_rows);
}

std::string fed_source(const std::string& name, const plan::Plan& plan) {
  const plan::FedInput& feed = *plan.feed;
  const plan::Stream& stream = plan.streams[0];
  const auto window =
      std::ranges::find(stream.windows, stream.stages, &plan::Stream::Window::writer);
  return fmt::format(
      R"(
namespace thimble::model::{0} {{

extern const runtime::FedInput kFedInput;
constinit const runtime::FedInput kFedInput = {{&kPlan, {1}, {2}, {3}, {4}}};

}}  // namespace thimble::model::{0}

namespace {{

constexpr const thimble::runtime::FedInput* input = &thimble::model::{0}::kFedInput;

std::byte* bytes(void* arena) {{
  return static_cast<std::byte*>(arena);
}}

}}  // namespace

extern "C" {{
int {0}_begin(void* arena);
int {0}_feed_rows(void* arena, const void* rows, std::uint32_t count);
void* {0}_next_rows(void* arena, std::uint32_t* count);
int {0}_rows_written(void* arena, std::uint32_t count);
std::uint32_t {0}_rows_fed(void* arena);
int {0}_finish(void* arena);

int {0}_begin(void* arena) {{
  return static_cast<int>(thimble::runtime::thimble_feed_begin(input, bytes(arena), {5}));
}}
int {0}_feed_rows(void* arena, const void* rows, std::uint32_t count) {{
  return static_cast<int>(
      thimble::runtime::thimble_feed_rows(input, bytes(arena), rows, count, nullptr, nullptr));
}}
void* {0}_next_rows(void* arena, std::uint32_t* count) {{
  return thimble::runtime::thimble_next_rows(input, bytes(arena), count);
}}
int {0}_rows_written(void* arena, std::uint32_t count) {{
  return static_cast<int>(
      thimble::runtime::thimble_rows_written(input, bytes(arena), count, nullptr, nullptr));
}}
std::uint32_t {0}_rows_fed(void* arena) {{
  return thimble::runtime::thimble_rows_fed(input, bytes(arena));
}}
int {0}_finish(void* arena) {{
  return static_cast<int>(
      thimble::runtime::thimble_feed_finish(input, bytes(arena), nullptr, nullptr));
}}
}}
)",
      name, feed.state.offset, window - stream.windows.begin(), feed.rows, feed.row_bytes,
      plan.arena_bytes);
}

}  // namespace thimble::emit
