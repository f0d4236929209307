// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/interrupt.hpp"

#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace skyglot {
namespace {

bool is_still(const std::filesystem::path& path, int descriptor) {
  struct stat ours {};
  struct stat there {};
  return fstat(descriptor, &ours) == 0 && stat(path.c_str(), &there) == 0 &&
         ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

}  // namespace

int FileLock::attempt(const std::filesystem::path& path) {
  descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) return errno;
  const bool locked = flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
  // A file system without locks: two runs at once are then the user's to avoid.
  const bool lockless = !locked && errno != EWOULDBLOCK;
  if (locked && is_still(path, descriptor_)) return 0;
  close(std::exchange(descriptor_, -1));
  return lockless ? 0 : EWOULDBLOCK;
}

FileLock::FileLock(const std::filesystem::path& path, Busy busy) {
  constexpr std::chrono::milliseconds kLongest(200);
  for (std::chrono::milliseconds pause(1);; pause = std::min(2 * pause, kLongest)) {
    if (busy == Busy::wait) make_folder(path.parent_path());
    const int code = attempt(path);
    if (code == 0) return;
    if (code != EWOULDBLOCK && (busy == Busy::fail || code != ENOENT))
      fail(ErrorKind::io, "cannot open {}: {}", path.string(), errno_text(code));
    if (busy == Busy::fail)
      fail(ErrorKind::input, "another run is writing {}; wait until it has ended", path.string());
    check_interrupt();
    std::this_thread::sleep_for(pause);
  }
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

}  // namespace skyglot
