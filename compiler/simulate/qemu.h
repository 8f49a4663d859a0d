// Running a firmware in QEMU for a board, with instructions counted exactly.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/boards/board.h"
#include "compiler/simulate/session.h"

namespace thimble {

/// A running QEMU whose UART is a Session. It ends with the object, and with the thread that
/// started it.
class Qemu {
 public:
  /// How fast the simulated core's cycle counter runs: it tells nanoseconds.
  static constexpr double kCyclesPerSecond = 1e9;

  /// Starts `elf` on the board's simulator. Fails with kUsage if the board has none. An instruction
  /// takes 2^`shift` nanoseconds of simulated time.
  [[nodiscard]] static Result<Qemu> start(const Board& board, const std::filesystem::path& elf,
                                          unsigned shift = 0);
  Qemu(Qemu&& other) noexcept;
  Qemu(const Qemu&) = delete;
  Qemu& operator=(const Qemu&) = delete;
  Qemu& operator=(Qemu&&) = delete;
  ~Qemu();

  [[nodiscard]] Session& session() { return session_; }

  /// Asks the inference application to end and waits for it; kToolFailed if it ends badly.
  [[nodiscard]] Status quit();

  /// Waits until a firmware that speaks no protocol (a benchmark, a test) ends by itself, and
  /// returns all that it said. kToolFailed if it ends with another exit code than 0.
  [[nodiscard]] Result<std::string> run_to_end();

 private:
  Qemu(Session session, int pid, std::optional<TemporaryFolder> folder)
      : session_(std::move(session)), pid_(pid), folder_(std::move(folder)) {}
  [[nodiscard]] Status wait();

  Session session_;
  int pid_;
  std::optional<TemporaryFolder> folder_;  ///< holds the padded flash image
};

}  // namespace thimble
