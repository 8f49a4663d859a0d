// See target_run.h.
#include "compiler/cli/target_run.h"

#include "compiler/simulate/qemu.h"

namespace thimble::cli {

Result<TargetRun> run_on_target(const Board& board, const std::filesystem::path& elf,
                                std::span<const Bytes> samples,
                                const std::function<void(int)>& progress) {
  ASSIGN_OR_RETURN(Qemu qemu, Qemu::start(board, elf));
  TargetRun run;
  for (const Bytes& sample : samples) {
    ASSIGN_OR_RETURN(Inference inference, qemu.session().infer(sample));
    run.outputs.push_back(std::move(inference.outputs));
    run.instructions = inference.instructions;
    if (progress) progress(static_cast<int>(run.outputs.size()));
  }
  ASSIGN_OR_RETURN(const protocol::StatisticsAnswer statistics, qemu.session().statistics());
  run.stack_peak = statistics.main_stack_peak;
  TRY(qemu.quit());
  return run;
}

}  // namespace thimble::cli
