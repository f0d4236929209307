// SPDX-License-Identifier: Apache-2.0
#include "weights/archive_member.hpp"

#include "base/archive_handle.hpp"
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/strings.hpp"

#include <cerrno>
#include <fstream>
#include <string_view>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 1 << 20;

[[noreturn]] void reject(const fs::path& path, archive* reader) {
  const char* why = archive_error_string(reader);
  fail(ErrorKind::format, "{}: damaged zip archive: {}; fetch it again", path.string(),
       why != nullptr ? why : "unknown error");
}

ArchiveHandle open_zip(const fs::path& path) {
  ArchiveHandle reader(archive_read_new());
  archive_read_support_format_zip(reader.get());
  if (archive_read_open_filename(reader.get(), path.c_str(), kBlock) != ARCHIVE_OK)
    reject(path, reader.get());
  return reader;
}

void go_to(const ArchiveHandle& reader, const fs::path& path, const std::string& member) {
  archive_entry* entry = nullptr;
  for (;;) {
    const int code = archive_read_next_header(reader.get(), &entry);
    if (code != ARCHIVE_OK) reject(path, reader.get());
    const char* name = archive_entry_pathname(entry);
    if (name != nullptr && member == name) return;
  }
}

void unpack(const ArchiveHandle& reader, const fs::path& path, std::uint64_t limit,
            const fs::path& to) {
  std::ofstream file(to, std::ios::binary);
  for (;;) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    check_interrupt();
    const int code = archive_read_data_block(reader.get(), &block, &size, &offset);
    if (code == ARCHIVE_EOF) break;
    if (code != ARCHIVE_OK) reject(path, reader.get());
    if (offset < 0 || static_cast<std::uint64_t>(offset) + size > limit)
      fail(ErrorKind::format, "{}: damaged zip archive: a member is longer than its directory says",
           path.string());
    file.seekp(offset);
    file.write(static_cast<const char*>(block), static_cast<std::streamsize>(size));
    if (!file) break;
  }
  file.close();
  if (!file)
    fail(ErrorKind::resource, "cannot unpack {} to {}: {}; set TMPDIR to a folder with room",
         path.string(), to.parent_path().string(), errno_text(errno));
}

}  // namespace

bool is_checkpoint_name(const std::string& name) {
  const std::string lower = to_lower(name);
  for (const std::string_view end : {".pt", ".pth", ".bin", ".ckpt", ".safetensors"})
    if (lower.ends_with(end)) return true;
  return false;
}

void with_archive_member(const fs::path& path, const std::string& member, std::uint64_t size,
                         const std::function<void(const fs::path&)>& use) {
  const PendingPath unpacked(fs::temp_directory_path() /
                             "unpacked");  // never committed, so removed
  const ArchiveHandle reader = open_zip(path);
  go_to(reader, path, member);
  unpack(reader, path, size, unpacked.path());
  use(unpacked.path());
}

}  // namespace skyglot
