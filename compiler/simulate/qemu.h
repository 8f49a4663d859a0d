// Running a firmware in QEMU for a board, with instructions counted exactly.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/boards/board.h"
#include "compiler/simulate/byte_stream.h"
#include "compiler/simulate/session.h"

namespace thimble {

/// A running QEMU whose UART is a Session. Ends with the object, and with this process.
class Qemu {
 public:
  /// Starts `elf` on the board's simulator with `isa`. Fails with kUsage if the board has none.
  [[nodiscard]] static Result<Qemu> start(const Board& board, const std::filesystem::path& elf,
                                          const std::string& isa);
  Qemu(Qemu&& other) noexcept;
  Qemu(const Qemu&) = delete;
  Qemu& operator=(const Qemu&) = delete;
  Qemu& operator=(Qemu&&) = delete;
  ~Qemu();

  [[nodiscard]] Session& session() { return session_; }

  /// Asks the target to end and waits for it; kToolFailed if it ends badly or not at all.
  [[nodiscard]] Status quit();

  /// Waits until the firmware ends by itself and returns all that it said (programs that speak no
  /// protocol: benchmarks, tests). kToolFailed if its exit code is not 0 or it is silent for
  /// `timeout_seconds`.
  [[nodiscard]] Result<std::string> run_to_end(int timeout_seconds = 120);

 private:
  Qemu(Session session, int pid, std::optional<TemporaryFolder> folder);
  Session session_;
  int pid_;
  std::optional<TemporaryFolder> folder_;  ///< holds the padded flash image
};

}  // namespace thimble
