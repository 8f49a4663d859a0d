// See target_run.h.
#include "compiler/cli/target_run.h"

#include <numeric>

#include "compiler/simulate/qemu.h"

namespace thimble::cli {
namespace {

// What comes before the firmware listens is lost: a small question first, again and again, so that
// no input waits for an answer that cannot come.
Status wait_until_it_listens(Session& session) {
  constexpr int kInferenceSeconds = 120;
  constexpr int kRoundSeconds = 1;  // of four questions
  constexpr int kRounds = 40;
  session.set_timeout(kRoundSeconds);
  Result<TargetInfo> info = session.info();
  for (int round = 1; !info && round < kRounds; ++round) info = session.info();
  TRY(info);
  session.set_timeout(kInferenceSeconds);
  return {};
}

}  // namespace

Result<TargetRun> run_on_target(const Board& board, const Build& build,
                                std::span<const Bytes> samples,
                                const std::function<void(int)>& progress) {
  ASSIGN_OR_RETURN(Qemu qemu, Qemu::start(board, build.elf));
  TRY(wait_until_it_listens(qemu.session()));
  TargetRun run;
  for (const Bytes& sample : samples) {
    ASSIGN_OR_RETURN(Inference inference, qemu.session().infer(sample, build.row_bytes()));
    run.outputs.push_back(std::move(inference.outputs));
    run.instructions = inference.instructions;
    if (progress) progress(static_cast<int>(run.outputs.size()));
  }
  ASSIGN_OR_RETURN(const protocol::StatisticsAnswer statistics, qemu.session().statistics());
  run.stack_peak = statistics.main_stack_peak;
  TRY(qemu.quit());
  return run;
}

Result<std::vector<std::uint32_t>> count_steps(const Board& board, const Build& build,
                                               std::span<const std::uint8_t> input) {
  ASSIGN_OR_RETURN(Qemu qemu, Qemu::start(board, build.elf));
  TRY(wait_until_it_listens(qemu.session()));
  ASSIGN_OR_RETURN(std::vector<std::uint32_t> steps,
                   qemu.session().profile(input, build.row_bytes()));
  TRY(qemu.quit());
  return steps;
}

Result<Bytes> fetch_trace(const Board& board, const std::filesystem::path& elf,
                          const std::optional<Bytes>& input, std::size_t row_bytes) {
  ASSIGN_OR_RETURN(Qemu qemu, Qemu::start(board, elf));
  TRY(wait_until_it_listens(qemu.session()));
  Bytes bytes;
  if (input) {
    bytes = *input;
  } else {
    ASSIGN_OR_RETURN(const TargetInfo info, qemu.session().info());
    bytes.resize(std::accumulate(info.input_bytes.begin(), info.input_bytes.end(), 0U));
  }
  ASSIGN_OR_RETURN([[maybe_unused]] const Inference inference,
                   qemu.session().infer(bytes, row_bytes));
  ASSIGN_OR_RETURN(Bytes trace, qemu.session().trace());
  TRY(qemu.quit());
  return trace;
}

}  // namespace thimble::cli
