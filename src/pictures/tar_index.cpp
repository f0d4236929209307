// SPDX-License-Identifier: Apache-2.0
#include "pictures/tar_index.hpp"

#include "base/error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace skyglot {

TarIndex::TarIndex(std::filesystem::path path) : path_(std::move(path)) {
  ShardReader reader(path_);
  while (auto member = reader.next()) members_.push_back(std::move(*member));
}

TarFile::TarFile(const std::filesystem::path& path)
    : name_(path.string()), descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) fail(ErrorKind::io, "cannot read {}: {}", name_, errno_text(errno));
}

TarFile::~TarFile() {
  close(descriptor_);
}

std::string TarFile::read(const ShardReader::Member& member) const {
  std::string bytes(member.size, '\0');
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t got = pread(descriptor_, bytes.data() + done, bytes.size() - done,
                              static_cast<off_t>(member.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(ErrorKind::io, "cannot read {}: {}", name_, errno_text(errno));
    if (got == 0) fail(ErrorKind::format, "{}: it has become shorter while it was read", name_);
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace skyglot
