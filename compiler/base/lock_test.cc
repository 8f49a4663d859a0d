// Locks between threads, which hold files of their own as processes do.
#include "compiler/base/lock.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "compiler/base/file.h"

namespace thimble {
namespace {

TEST(FileLockTest, OneAtATimeAndNoFileIsLeft) {
  const TemporaryFolder folder =
      *TemporaryFolder::make(std::filesystem::temp_directory_path() / "lock");
  const std::filesystem::path path = folder.path() / "it";
  volatile int inside = 0;  // what the lock protects
  int collisions = 0;
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        const FileLock lock(path);
        if (inside != 0) ++collisions;
        inside = 1;
        std::this_thread::yield();
        inside = 0;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(collisions, 0);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(FileLockTest, WhatCannotBeLockedStopsNobody) {
  const FileLock lock("/nonexistent/folder/it");
}

}  // namespace
}  // namespace thimble
