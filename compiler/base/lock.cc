// See lock.h.
#include "compiler/base/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace thimble {

// Where nothing can be locked nobody waits: then work may be done twice, never wrongly.
FileLock::FileLock(std::filesystem::path path) : path_(std::move(path)) {
  while (true) {
    descriptor_ = ::open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (descriptor_ < 0) return;
    ::flock(descriptor_, LOCK_EX);
    // The one before us has removed its file; what we hold may be that.
    struct stat held{};
    struct stat there{};
    if (::fstat(descriptor_, &held) == 0 && ::stat(path_.c_str(), &there) == 0 &&
        held.st_ino == there.st_ino)
      return;
    ::close(descriptor_);
  }
}

FileLock::~FileLock() {
  if (descriptor_ < 0) return;
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace thimble
