// Mutation fuzzer of the importer: damages good and bad models at random and holds the importer to
// its contract: a model or one line with exit code 3, no crash, no hang. A mutant depends on
// nothing but the seed and its number.
//
// Usage: thimble_mutate [COUNT [SEED [MODEL.tflite ...]]]     (10000 mutants of the small test
// models by default)
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "compiler/tflite/model.h"
#include "model_generated.h"
#include "tests/models/test_models.h"

namespace thimble {
namespace {

constexpr unsigned kLongestSeconds = 10;

class Mutator {
 public:
  Mutator(const std::vector<Bytes>& models, std::uint64_t seed, int number)
      : models_(models), random_(seed * 1'000'003 + static_cast<std::uint64_t>(number)) {}

  Bytes mutant() {
    if (below(50) == 0) return noise();
    // Most damage is found by the very first check. Every other mutant is one that gets past it.
    const bool well_formed = below(2) == 0;
    constexpr int kMostTries = 200;
    Bytes file;
    for (int tries = 0; tries < kMostTries; ++tries) {
      file = models_[below(models_.size())];
      const std::size_t rounds = 1 + below(4);
      for (std::size_t i = 0; i < rounds && file.size() > 8; ++i) damage(file);
      flatbuffers::Verifier verifier(file.data(), file.size());
      if (!well_formed || tflite::schema::VerifyModelBuffer(verifier)) break;
    }
    return file;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }

  Bytes noise() {
    Bytes file(below(4096));
    for (std::uint8_t& byte : file) byte = static_cast<std::uint8_t>(random_());
    if (file.size() >= 8 && below(2) == 0) std::memcpy(file.data() + 4, "TFL3", 4);
    return file;
  }

  void damage(Bytes& file) {
    switch (below(6)) {
      case 0:  // bit flips
        for (std::size_t n = 1 + below(8); n > 0; --n) {
          file[below(file.size())] ^= static_cast<std::uint8_t>(1U << below(8));
        }
        break;
      case 1:  // bytes overwritten
        for (std::size_t n = 1 + below(16); n > 0; --n) {
          file[below(file.size())] = static_cast<std::uint8_t>(random_());
        }
        break;
      case 2: {  // a number or offset overwritten: these are 32-bit aligned
        constexpr std::uint32_t kTelling[] = {
            0,      1,       2,          7,          8,          127,        255,
            0x7fff, 0x10000, 0x40000000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff};
        const std::uint32_t value = kTelling[below(std::size(kTelling))];
        std::memcpy(file.data() + below(file.size() / 4) * 4, &value, sizeof value);
        break;
      }
      case 3:  // truncation
        file.resize(below(file.size()));
        break;
      case 4: {  // a piece of any model written over
        const Bytes& other = models_[below(models_.size())];
        const std::size_t from = below(other.size());
        const std::size_t to = below(file.size());
        const std::size_t length = std::min({below(256), other.size() - from, file.size() - to});
        std::memcpy(file.data() + to, other.data() + from, length);
        break;
      }
      default: {  // a piece cut out
        const auto from = file.begin() + static_cast<std::ptrdiff_t>(below(file.size()));
        file.erase(from, from + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(1 + below(64)),
                                                         file.end() - from));
      }
    }
  }

  const std::vector<Bytes>& models_;
  std::mt19937_64 random_;
};

// What the importer's contract demands of its answer.
bool keeps_contract(const Bytes& content) {
  const auto model = tflite::parse("mutant.tflite", content);
  if (!model) {
    const std::string& message = model.error().message;
    return model.error().code == ExitCode::kBadModel && message.starts_with("mutant.tflite: ") &&
           message.find('\n') == std::string::npos;
  }
  const auto in_graph = [&](int index) {
    return index >= 0 && static_cast<std::size_t>(index) < model->tensors.size();
  };
  return !model->inputs.empty() && std::ranges::all_of(model->inputs, in_graph) &&
         std::ranges::all_of(model->outputs, in_graph) && tflite::macs(*model) >= 0 &&
         model->input_bytes() > 0;
}

// What the process that runs the mutants tells the one that watches it.
struct Progress {
  int next;
  int passed;
  int refused;
};

void run(const std::vector<Bytes>& models, std::uint64_t seed, int count, Progress& progress) {
  while (progress.next < count) {
    ::alarm(kLongestSeconds);
    const int number = progress.next;
    const Bytes content = Mutator(models, seed, number).mutant();
    const bool passed = keeps_contract(content);
    if (!passed) fmt::print(stderr, "mutant {}: breaks the contract\n", number);
    progress.passed += passed ? 1 : 0;
    progress.refused += tflite::parse("mutant.tflite", content) ? 0 : 1;
    ++progress.next;
  }
}

int fuzz(const std::vector<Bytes>& models, std::uint64_t seed, int count) {
  void* const shared =
      ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 1;
  Progress& progress = *new (shared) Progress{0, 0, 0};
  while (progress.next < count) {
    const pid_t child = ::fork();
    if (child == 0) {
      run(models, seed, count, progress);
      ::_exit(0);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) return 1;
    if (status == 0) continue;
    fmt::print(stderr, "mutant {}: {}\n", progress.next,
               WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "hangs" : "crashes");
    ++progress.next;
  }
  fmt::print("{} read as models, {} refused\n{} passed, {} failed\n", count - progress.refused,
             progress.refused, progress.passed, count - progress.passed);
  return progress.passed == count ? 0 : 1;
}

}  // namespace
}  // namespace thimble

int main(int argc, char** argv) {
  using namespace thimble;
  const int count = argc > 1 ? std::atoi(argv[1]) : 10'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  std::vector<std::filesystem::path> paths(argv + std::min(argc, 3), argv + argc);
  if (paths.empty()) {
    const std::filesystem::path folder = test::small_model("dense").parent_path();
    std::filesystem::directory_iterator files(folder);
    for (const auto& file : files) paths.push_back(file.path());
    std::ranges::sort(paths);
  }
  std::vector<Bytes> models;
  for (const std::filesystem::path& path : paths) {
    auto content = read_file(path);
    if (!content || content->empty()) {
      fmt::print(stderr, "{}\n", content ? path.string() + ": empty" : content.error().message);
      return 2;
    }
    models.push_back(*std::move(content));
  }
  return fuzz(models, seed, count);
}
