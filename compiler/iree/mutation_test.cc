// Whatever happens to a module's bytes, reading and tracing it ends, with a trace that holds
// together or with one line of the contract. A mutant depends on its number alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "compiler/iree/recorder.h"
#include "compiler/iree/test_schedule.h"

namespace thimble::iree {
namespace {

constexpr int kMutants = 20'000;

class Mutator {
 public:
  Mutator(const Bytes& file, std::size_t code_start, std::size_t code_size, std::uint32_t seed)
      : file_(file), code_start_(code_start), code_size_(code_size), random_(seed) {}

  Bytes mutant() {
    // Damage outside the code rarely gets past the first check: most is done inside.
    const bool anywhere = below(4) == 0;
    start_ = anywhere ? 0 : code_start_;
    size_ = anywhere ? file_.size() : code_size_;
    for (std::size_t n = 1 + below(3); n > 0; --n) damage();
    if (below(20) == 0) file_.resize(below(file_.size()));
    return std::move(file_);
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::uint8_t& any() { return file_[start_ + below(size_)]; }

  void damage() {
    switch (below(4)) {
      case 0:
      case 1:
        any() ^= static_cast<std::uint8_t>(1u << below(8));
        break;
      case 2:
        any() = static_cast<std::uint8_t>(random_());
        break;
      default: {  // a number
        constexpr std::uint32_t kTelling[] = {0,      1,          64,         0x7fff,    0x8000,
                                              0xffff, 0x7fffffff, 0x80000000, 0xffffffff};
        const std::uint32_t number = kTelling[below(std::size(kTelling))];
        std::memcpy(&file_[start_ + below(size_ - 4)], &number, 1 + below(4));
      }
    }
  }

  Bytes file_;
  std::size_t code_start_;
  std::size_t code_size_;
  std::size_t start_ = 0;
  std::size_t size_ = 0;
  std::mt19937 random_;
};

void expect_contract(const Error& error) {
  EXPECT_TRUE(error.code == ExitCode::kToolFailed || error.code == ExitCode::kBadModel);
  EXPECT_TRUE(error.message.starts_with("net.vmfb: ")) << error.message;
  EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
}

void expect_sound(const Trace& trace) {
  std::vector<Range> all = trace.outputs;
  for (const Step& step : trace.steps) {
    const std::vector<Range> touched = ranges(step);
    all.insert(all.end(), touched.begin(), touched.end());
  }
  for (const Range& range : all) {
    ASSERT_GE(range.buffer, 0);
    ASSERT_LT(static_cast<std::size_t>(range.buffer), trace.buffers.size());
    const std::uint64_t size = trace.buffers[static_cast<std::size_t>(range.buffer)].size;
    ASSERT_LE(range.offset, size);
    ASSERT_LE(range.length, size - range.offset);
  }
  for (const Buffer& buffer : trace.buffers)
    EXPECT_EQ(buffer.content.size(), buffer.kind == BufferKind::kConstant ? buffer.size : 0);
}

TEST(Mutation, ReadingAndTracingKeepTheContract) {
  const test::Schedule schedule = test::two_layers();
  const Bytes file = schedule.module.file();
  const Bytes& first = schedule.module.functions.front().code.bytes();
  const Bytes& last = schedule.module.functions.back().code.bytes();
  const auto start = std::ranges::search(file, first).begin();
  const auto end = std::ranges::search(file, last).end();
  ASSERT_LT(start, end);
  int traced = 0;
  for (int i = 0; i < kMutants && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(i);
    Mutator mutator(file, static_cast<std::size_t>(start - file.begin()),
                    static_cast<std::size_t>(end - start), static_cast<std::uint32_t>(i));
    const auto module = read_module(mutator.mutant(), "net.vmfb");
    if (!module) {
      expect_contract(module.error());
      continue;
    }
    const auto trace = record(*module, "net", {16});
    if (trace) {
      expect_sound(*trace);
      ++traced;
    } else {
      expect_contract(trace.error());
    }
  }
  // Neither all nor none of it is caught: the mutants are worth something.
  EXPECT_GT(traced, kMutants / 20);
  EXPECT_LT(traced, kMutants * 19 / 20);
}

}  // namespace
}  // namespace thimble::iree
