// Small RV32 firmware made by the tests themselves, with the pinned compiler and linker.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/report/elf.h"

namespace thimble {

/// A folder of sources that are compiled one by one and linked, with a map.
class TestFirmware {
 public:
  /// `path` may have folders: "obj/kernel/trap.S"; the object stands beside as
  /// "obj/kernel/trap.S.o".
  void compile(const std::string& path, std::string_view source,
               const std::vector<std::string>& options = {}) {
    ASSERT_TRUE(write_text(folder() / path, source));
    std::vector<std::string> command{"clang-19",
                                     "--target=riscv32-unknown-elf",
                                     "-march=rv32imac",
                                     "-mabi=ilp32",
                                     "-Os",
                                     "-ffunction-sections",
                                     "-fdata-sections",
                                     "-fstack-usage",
                                     "-ffreestanding",
                                     "-c",
                                     path,
                                     "-o",
                                     path + ".o"};
    command.insert(command.end(), options.begin(), options.end());
    const auto done = run_tool(command, folder());
    ASSERT_TRUE(done) << done.error().message;
    objects_.push_back(path + ".o");
  }

  /// Links everything; `libraries` go last on the line.
  void link(const std::vector<std::string>& libraries = {}) {
    std::vector<std::string> command{"ld.lld-19", "-Map=firmware.map", "-o", "firmware.elf"};
    command.insert(command.end(), objects_.begin(), objects_.end());
    command.insert(command.end(), libraries.begin(), libraries.end());
    const auto done = run_tool(command, folder());
    ASSERT_TRUE(done) << done.error().message;
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_->path(); }
  [[nodiscard]] std::filesystem::path elf() const { return folder() / "firmware.elf"; }
  [[nodiscard]] std::filesystem::path map() const { return folder() / "firmware.map"; }

 private:
  Result<TemporaryFolder> folder_ =
      TemporaryFolder::make(std::filesystem::temp_directory_path() / "firmware_test");
  std::vector<std::string> objects_;
};

}  // namespace thimble
