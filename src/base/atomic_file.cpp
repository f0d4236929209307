// SPDX-License-Identifier: Apache-2.0
#include "base/atomic_file.hpp"

#include "base/error.hpp"
#include "base/fail_point.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = ".skyglot-";
constexpr std::string_view kEnd = ".tmp";

// Names carry host and process, so that tasks sharing a folder never meet and orphans can be told.
fs::path temporary_beside(const fs::path& final_path) {
  static std::atomic<int> counter{0};
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return final_path.parent_path() / fmt::format(".{}{}{}-{}-{}{}", final_path.filename().string(),
                                                kMark, host.data(), getpid(), counter++, kEnd);
}

[[noreturn]] void fail_writing(const fs::path& path, int code) {
  const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
  fail(full ? ErrorKind::resource : ErrorKind::io, "cannot write {}: {}{}", path.string(),
       errno_text(code), full ? "; free some space and run the same command again" : "");
}

void sync_path(const fs::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail_writing(path, errno);
  const int code = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  if (code != 0 && code != EINVAL) fail_writing(path, code);
}

}  // namespace

void sync_folder(const fs::path& folder) {
  sync_path(folder.empty() ? "." : folder);
}

PendingPath::PendingPath(fs::path final_path)
    : final_(std::move(final_path)), temporary_(temporary_beside(final_)) {
  if (fs::is_directory(final_))
    fail(ErrorKind::input, "{} is a folder; give the name of a file", final_.string());
}

PendingPath::~PendingPath() {
  if (committed_) return;
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
  for (const char* suffix : {"-journal", "-wal", "-shm"})
    fs::remove(temporary_.string() + suffix, ignored);
}

void PendingPath::commit() {
  sync_path(temporary_);
  if (const int code = fail_point("before_rename")) fail_writing(final_, code);
  if (std::rename(temporary_.c_str(), final_.c_str()) != 0) fail_writing(final_, errno);
  committed_ = true;
  if (const int code = fail_point("after_rename")) fail_writing(final_, code);
  sync_folder(final_.parent_path());
}

AtomicFile::AtomicFile(fs::path final_path) : pending_(std::move(final_path)) {
  descriptor_ = open(pending_.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail_writing(pending_.final_path(), errno);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

void AtomicFile::write(std::string_view bytes) {
  if (const int code = fail_point("write")) fail_writing(pending_.final_path(), code);
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_writing(pending_.final_path(), errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_ += static_cast<std::uint64_t>(written);
  }
}

void AtomicFile::commit() {
  const int code = close(descriptor_) == 0 ? 0 : errno;
  descriptor_ = -1;
  if (code != 0) fail_writing(pending_.final_path(), code);
  pending_.commit();
}

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

std::string read_file(const fs::path& path, std::uint64_t max_bytes) {
  if (fs::is_directory(path)) fail(ErrorKind::io, "cannot read {}: it is a folder", path.string());
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) fail(ErrorKind::io, "cannot read {}: {}", path.string(), errno_text(errno));
  const auto size = static_cast<std::uint64_t>(file.tellg());
  if (size > max_bytes)
    fail(ErrorKind::resource, "{} has {} bytes, more than the {} allowed here", path.string(), size,
         max_bytes);
  std::string bytes(size, '\0');
  file.seekg(0);
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  if (!file) fail(ErrorKind::io, "cannot read {}: it ended early", path.string());
  return bytes;
}

void make_folder(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (fs::is_directory(path)) return;
  if (fs::exists(path))
    fail(ErrorKind::input, "{} is a file where a folder is wanted; move it or choose another name",
         path.string());
  fail(ErrorKind::io, "cannot make folder {}: {}", path.string(), code.message());
}

bool is_temporary(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') && name.find(kMark) != std::string::npos;
}

int remove_orphans(const fs::path& folder) {
  int count = 0;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    if (is_temporary(entry.path()) && fs::remove(entry.path(), code)) ++count;
  }
  return count;
}

}  // namespace skyglot
