// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"

#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace skyglot {

FileLock::FileLock(const std::filesystem::path& path, Busy busy)
    : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) fail(ErrorKind::io, "cannot open {}: {}", path.string(), errno_text(errno));
  int code = 0;
  while ((code = flock(descriptor_, LOCK_EX | LOCK_NB) == 0 ? 0 : errno) == EWOULDBLOCK &&
         busy == Busy::wait) {
    check_interrupt();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (code == 0) return;
  close(descriptor_);
  if (code == EWOULDBLOCK)
    fail(ErrorKind::input, "another run is writing {}; wait until it has ended", path.string());
  // A file system without locks: two runs at once are then the user's to avoid.
  descriptor_ = -1;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

}  // namespace skyglot
