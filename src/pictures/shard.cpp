// SPDX-License-Identifier: Apache-2.0
#include "pictures/shard.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <exception>
#include <optional>

namespace skyglot {
namespace {

struct FreeWriter {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct FreeReader {
  void operator()(archive* a) const { archive_read_free(a); }
};
struct FreeEntry {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};

// 2024-01-01, so that the same samples give the same bytes.
constexpr std::time_t kFixedTime = 1704067200;
constexpr std::uint64_t kHeaderBytes = 512;

}  // namespace

struct ShardWriter::State {
  explicit State(const std::filesystem::path& path) : file(path) {}
  AtomicFile file;
  Sha256 hash;
  std::unique_ptr<archive, FreeWriter> writer{archive_write_new()};
  std::exception_ptr write_error;  // libarchive is C: exceptions wait here until it returns

  static la_ssize_t on_write(archive*, void* self, const void* bytes, std::size_t size) {
    auto& state = *static_cast<State*>(self);
    try {
      const std::string_view view(static_cast<const char*>(bytes), size);
      state.file.write(view);
      state.hash.update(view);
      return static_cast<la_ssize_t>(size);
    } catch (...) {
      state.write_error = std::current_exception();
      return -1;
    }
  }

  void check(la_ssize_t code) const {
    if (write_error) std::rethrow_exception(write_error);
    if (code < ARCHIVE_OK)
      fail(ErrorKind::io, "cannot write a shard: {}", archive_error_string(writer.get()));
  }
};

ShardWriter::ShardWriter(const std::filesystem::path& path)
    : state_(std::make_unique<State>(path)) {
  archive* writer = state_->writer.get();
  archive_write_set_format_ustar(writer);
  archive_write_set_bytes_per_block(writer, 0);
  state_->check(archive_write_open(writer, state_.get(), nullptr, State::on_write, nullptr));
}

ShardWriter::~ShardWriter() {
  // An abandoned archive must not write its trailer into the file that is being thrown away.
  if (state_ && state_->writer) archive_write_fail(state_->writer.get());
}

ShardMember ShardWriter::add(const std::string& name, std::string_view bytes) {
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), kFixedTime, 0);
  const ShardMember member{state_->file.size() + kHeaderBytes, bytes.size()};
  state_->check(archive_write_header(state_->writer.get(), entry.get()));
  state_->check(archive_write_data(state_->writer.get(), bytes.data(), bytes.size()));
  state_->check(archive_write_finish_entry(state_->writer.get()));
  return member;
}

ShardWriter::Summary ShardWriter::commit() {
  state_->check(archive_write_close(state_->writer.get()));
  state_->writer.reset();
  Summary summary{state_->file.size(), state_->hash.finish()};
  state_->file.commit();
  return summary;
}

namespace {

class ShardReader {
 public:
  explicit ShardReader(const std::filesystem::path& path) : name_(path.string()) {
    archive_read_support_format_tar(reader_.get());
    check(archive_read_open_filename(reader_.get(), path.c_str(), 1 << 16));
  }

  [[nodiscard]] archive_entry* next() {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(reader_.get(), &entry);
    if (code == ARCHIVE_EOF) return nullptr;
    check(code);
    return entry;
  }

  [[nodiscard]] std::string checked_name(archive_entry* entry) const {
    const char* text = archive_entry_pathname(entry);
    const std::string name = text == nullptr ? "" : text;
    const auto parts = split(name, '/');
    if (name.empty() || name.starts_with('/') || std::ranges::find(parts, "..") != parts.end())
      fail(ErrorKind::format, "{}: member '{}' points outside the shard", name_, name);
    if (archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr)
      fail(ErrorKind::format, "{}: member '{}' is a link", name_, name);
    return name;
  }

  [[nodiscard]] std::string bytes(archive_entry* entry, const ShardLimits& limits) {
    const auto size =
        static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_entry_size(entry)));
    if (size > limits.max_member_bytes)
      fail(ErrorKind::resource, "{}: member '{}' claims {} bytes", name_,
           archive_entry_pathname(entry), size);
    std::string result(size, '\0');
    const la_ssize_t got = archive_read_data(reader_.get(), result.data(), result.size());
    check(got < 0 ? static_cast<int>(got) : ARCHIVE_OK);
    if (static_cast<std::uint64_t>(got) != size) fail(ErrorKind::format, "{}: truncated", name_);
    return result;
  }

 private:
  void check(int code) const {
    if (code == ARCHIVE_OK || code == ARCHIVE_WARN) return;
    fail(ErrorKind::format, "{}: not a whole tar file: {}", name_,
         archive_error_string(reader_.get()));
  }
  std::string name_;
  std::unique_ptr<archive, FreeReader> reader_{archive_read_new()};
};

}  // namespace

void read_shard(const std::filesystem::path& path,
                const std::function<bool(const std::string&, std::string_view)>& visit,
                const ShardLimits& limits) {
  ShardReader reader(path);
  while (archive_entry* entry = reader.next()) {
    const std::string name = reader.checked_name(entry);
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    if (!visit(name, reader.bytes(entry, limits))) return;
  }
}

}  // namespace skyglot
