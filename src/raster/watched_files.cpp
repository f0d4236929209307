// SPDX-License-Identifier: Apache-2.0
#include "raster/watched_files.hpp"

#include "base/error.hpp"

#include <cerrno>
#include <cpl_vsi.h>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <unistd.h>

namespace skyglot {
namespace {

constexpr const char* kPrefix = "/vsiskyglot/";

class Failures {
 public:
  void add(const std::string& path, int code) {
    const std::lock_guard lock(mutex_);
    by_path_.emplace(path, std::strerror(code));
  }

  std::string take(const std::string& beginning) {
    const std::lock_guard lock(mutex_);
    std::string first;
    for (auto it = by_path_.lower_bound(beginning);
         it != by_path_.end() && it->first.starts_with(beginning); it = by_path_.erase(it))
      if (first.empty()) first = it->second;
    return first;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> by_path_;
};

Failures& failures() {
  static Failures all;
  return all;
}

// Of the names that GDAL hands over some have lost the prefix and some have not.
const char* plain_name(const char* name) {
  const std::string_view prefix = kPrefix;
  return std::string_view(name).starts_with(prefix) ? name + prefix.size() : name;
}

struct OpenFile {
  std::string path;
  int descriptor = -1;
  off_t position = 0;
  bool at_end = false;
};

OpenFile& file_of(void* handle) {
  return *static_cast<OpenFile*>(handle);
}

// What is written may be read again: drivers do, whatever they asked for.
int flags_of(std::string_view access) {
  if (access.starts_with('w')) return O_RDWR | O_CREAT | O_TRUNC;
  return access.find('+') == std::string_view::npos ? O_RDONLY : O_RDWR;
}

void* open_file(void*, const char* name, const char* access) {
  constexpr mode_t kMode = 0666;
  const char* const path = plain_name(name);
  if (access[0] != 'r' && access[0] != 'w') return nullptr;
  const int flags = flags_of(access);
  const int descriptor = open(path, flags | O_CLOEXEC, kMode);
  if (descriptor < 0) {
    if ((flags & O_CREAT) != 0) failures().add(path, errno);
    return nullptr;
  }
  return new OpenFile{path, descriptor};
}

size_t read_file_part(void* handle, void* to, size_t size, size_t count) {
  OpenFile& file = file_of(handle);
  const size_t wanted = size * count;
  size_t done = 0;
  while (done < wanted) {
    const ssize_t part =
        pread(file.descriptor, static_cast<char*>(to) + done, wanted - done, file.position);
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) break;
    done += static_cast<size_t>(part);
    file.position += part;
  }
  file.at_end = done < wanted;
  return size == 0 ? 0 : done / size;
}

size_t write_file_part(void* handle, const void* from, size_t size, size_t count) {
  OpenFile& file = file_of(handle);
  const size_t wanted = size * count;
  size_t done = 0;
  while (done < wanted) {
    const ssize_t part = pwrite(file.descriptor, static_cast<const char*>(from) + done,
                                wanted - done, file.position);
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) {
      failures().add(file.path, part < 0 ? errno : ENOSPC);
      break;
    }
    done += static_cast<size_t>(part);
    file.position += part;
  }
  return size == 0 ? 0 : done / size;
}

int seek_file(void* handle, vsi_l_offset offset, int whence) {
  OpenFile& file = file_of(handle);
  file.at_end = false;
  const auto wanted = static_cast<off_t>(offset);
  if (whence == SEEK_SET) {
    file.position = wanted;
  } else if (whence == SEEK_CUR) {
    file.position += wanted;
  } else {
    const off_t end = lseek(file.descriptor, 0, SEEK_END);
    if (end < 0) return -1;
    file.position = end + wanted;
  }
  return 0;
}

vsi_l_offset tell_file(void* handle) {
  return static_cast<vsi_l_offset>(file_of(handle).position);
}

int is_at_end(void* handle) {
  return file_of(handle).at_end ? 1 : 0;
}

int flush_file(void*) {
  return 0;
}

int truncate_file(void* handle, vsi_l_offset size) {
  const OpenFile& file = file_of(handle);
  if (ftruncate(file.descriptor, static_cast<off_t>(size)) == 0) return 0;
  failures().add(file.path, errno);
  return -1;
}

int close_file(void* handle) {
  const std::unique_ptr<OpenFile> file(static_cast<OpenFile*>(handle));
  if (close(file->descriptor) == 0 || errno == EINTR) return 0;
  failures().add(file->path, errno);
  return -1;
}

int stat_file(void*, const char* name, VSIStatBufL* result, int flags) {
  return VSIStatExL(plain_name(name), result, flags);
}

int remove_file(void*, const char* name) {
  return VSIUnlink(plain_name(name));
}

void install() {
  VSIFilesystemPluginCallbacksStruct* const callbacks = VSIAllocFilesystemPluginCallbacksStruct();
  callbacks->stat = stat_file;
  callbacks->unlink = remove_file;
  callbacks->open = open_file;
  callbacks->tell = tell_file;
  callbacks->seek = seek_file;
  callbacks->read = read_file_part;
  callbacks->eof = is_at_end;
  callbacks->write = write_file_part;
  callbacks->flush = flush_file;
  callbacks->truncate = truncate_file;
  callbacks->close = close_file;
  const int code = VSIInstallPluginHandler(kPrefix, callbacks);
  VSIFreeFilesystemPluginCallbacksStruct(callbacks);
  expect(code == 0, "GDAL takes no file system of ours");
}

}  // namespace

std::string watched_name(const std::filesystem::path& path) {
  static std::once_flag once;
  std::call_once(once, install);
  expect(path.is_absolute(), "a watched file needs a whole path");
  return kPrefix + path.string();
}

std::string take_write_failure(const std::string& beginning) {
  return failures().take(beginning);
}

}  // namespace skyglot
