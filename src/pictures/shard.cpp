// SPDX-License-Identifier: Apache-2.0
#include "pictures/shard.hpp"

#include "base/archive_handle.hpp"
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <fstream>
#include <optional>

namespace skyglot {
namespace {

// 2024-01-01, so that the same samples give the same bytes.
constexpr std::time_t kFixedTime = 1704067200;
constexpr std::uint64_t kHeaderBytes = 512;

}  // namespace

struct ShardWriter::State {
  explicit State(const std::filesystem::path& path) : file(path) {}
  AtomicFile file;
  Sha256 hash;
  bool abandoned = false;
  ArchiveHandle writer{archive_write_new()};
  std::exception_ptr write_error;  // libarchive is C: exceptions wait here until it returns

  static la_ssize_t on_write(archive*, void* self, const void* bytes, std::size_t size) {
    auto& state = *static_cast<State*>(self);
    if (state.abandoned) return static_cast<la_ssize_t>(size);
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
  // An abandoned archive must not write its trailer into the file that is being thrown away. (After
  // archive_write_fail() libarchive up to 3.8 would not free its buffer.)
  if (state_) state_->abandoned = true;
}

ShardMember ShardWriter::add(const std::string& name, std::string_view bytes) {
  const ArchiveEntry entry(archive_entry_new());
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

struct ShardReader::State {
  explicit State(const std::filesystem::path& shard) : path(shard), name(shard.string()) {
    archive_read_support_format_tar(reader.get());
    check(archive_read_open_filename(reader.get(), path.c_str(), 1 << 16));
  }

  // A directory or another member without bytes gives an empty name.
  [[nodiscard]] std::string checked_name() const {
    const char* text = archive_entry_pathname(entry);
    std::string member = text == nullptr ? "" : text;
    const auto parts = split(member, '/');
    if (member.empty() || member.starts_with('/') || std::ranges::find(parts, "..") != parts.end())
      fail(ErrorKind::format, "{}: member '{}' points outside the shard", name, member);
    if (archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr)
      fail(ErrorKind::format, "{}: member '{}' is a link", name, member);
    if (archive_entry_filetype(entry) != AE_IFREG) return "";
    return member.starts_with("./") ? member.substr(2) : member;
  }

  // libarchive takes an archive cut between two members for a whole one.
  void demand_end_mark() const {
    std::ifstream file(path, std::ios::binary);
    std::array<char, 2 * kHeaderBytes> end{};
    file.seekg(-static_cast<std::streamoff>(end.size()), std::ios::end);
    file.read(end.data(), end.size());
    const bool zeros = std::ranges::all_of(end, [](char c) { return c == 0; });
    if (!file || !zeros)
      fail(ErrorKind::format,
           "{}: not a whole tar file: it ends without the end mark, so it was cut off; "
           "fetch or write it again",
           name);
  }

  void check(int code) const {
    if (code == ARCHIVE_OK || code == ARCHIVE_WARN) return;
    const char* text = archive_error_string(reader.get());
    fail(ErrorKind::format,
         "{}: not a whole tar file: {}; fetch or write it again (a compressed one is unpacked "
         "first: "
         "gunzip, unzstd, unzip)",
         name, text == nullptr ? "damaged" : text);
  }

  std::filesystem::path path;
  std::string name;
  ArchiveHandle reader{archive_read_new()};
  archive_entry* entry = nullptr;
};

ShardReader::ShardReader(const std::filesystem::path& path)
    : state_(std::make_unique<State>(path)) {}
ShardReader::~ShardReader() = default;
ShardReader::ShardReader(ShardReader&&) noexcept = default;
ShardReader& ShardReader::operator=(ShardReader&&) noexcept = default;

std::optional<ShardReader::Member> ShardReader::next() {
  for (;;) {
    const int code = archive_read_next_header(state_->reader.get(), &state_->entry);
    if (code == ARCHIVE_EOF) {
      state_->demand_end_mark();
      return std::nullopt;
    }
    state_->check(code);
    std::string name = state_->checked_name();
    const la_int64_t size = std::max<la_int64_t>(0, archive_entry_size(state_->entry));
    if (name.empty()) continue;
    if (archive_entry_sparse_count(state_->entry) > 0)
      fail(ErrorKind::format,
           "{}: member '{}' is stored with holes; write the tar without --sparse", state_->name,
           name);
    const la_int64_t offset = archive_filter_bytes(state_->reader.get(), 0);
    return Member{std::move(name), static_cast<std::uint64_t>(size),
                  static_cast<std::uint64_t>(offset)};
  }
}

std::string ShardReader::bytes() {
  const la_int64_t size = std::max<la_int64_t>(0, archive_entry_size(state_->entry));
  std::string result(static_cast<std::size_t>(size), '\0');
  const la_ssize_t got = archive_read_data(state_->reader.get(), result.data(), result.size());
  state_->check(got < 0 ? static_cast<int>(got) : ARCHIVE_OK);
  if (static_cast<std::size_t>(got) != result.size())
    fail(ErrorKind::format, "{}: truncated", state_->name);
  return result;
}

void read_shard(const std::filesystem::path& path,
                const std::function<bool(const std::string&, std::string_view)>& visit,
                const ShardLimits& limits) {
  ShardReader reader(path);
  while (const auto member = reader.next()) {
    if (member->size > limits.max_member_bytes)
      fail(ErrorKind::resource, "{}: member '{}' claims {} bytes", path.string(), member->name,
           member->size);
    if (!visit(member->name, reader.bytes())) return;
  }
}

}  // namespace skyglot
