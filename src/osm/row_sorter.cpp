// SPDX-License-Identifier: Apache-2.0
#include "osm/row_sorter.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "geo/hilbert.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <queue>

namespace skyglot {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kRunBufferBytes = std::size_t{1} << 18;

// Fixed part of a record; the tag numbers and the shape follow.
struct Head {
  Box box;
  std::uint64_t tags;
};

std::size_t rounded_to_8(std::size_t size) {
  return (size + 7) / 8 * 8;
}

}  // namespace

// A sorted file and the record reached in it.
class RowSorter::Run {
 public:
  explicit Run(std::filesystem::path name)
      : pending_(std::move(name)), file_(std::fopen(pending_.path().c_str(), "w+be")) {
    if (file_ == nullptr) fail_here("make");
    std::setvbuf(file_, nullptr, _IOFBF, kRunBufferBytes);
  }
  ~Run() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void write(const Record& record) {
    write_bytes(&record.key, sizeof record.key);
    write_bytes(&record.size, sizeof record.size);
    write_bytes(record.bytes, record.size);
  }
  void rewind() {
    if (std::fflush(file_) != 0) fail_here("write");
    std::rewind(file_);
  }
  // Whether there is another record.
  bool next() {
    std::size_t size = 0;
    if (std::fread(&key_, sizeof key_, 1, file_) != 1) {
      if (std::ferror(file_) != 0) fail_here("read");
      return false;
    }
    read_bytes(&size, sizeof size);
    room_.resize((size + 7) / 8);
    read_bytes(room_.data(), size);
    size_ = size;
    return true;
  }
  [[nodiscard]] const Key& key() const { return key_; }
  [[nodiscard]] SortedRow row() const {
    return decoded(key_, reinterpret_cast<const char*>(room_.data()), size_);
  }

 private:
  void write_bytes(const void* bytes, std::size_t size) {
    if (std::fwrite(bytes, 1, size, file_) != size) fail_here("write");
  }
  void read_bytes(void* bytes, std::size_t size) {
    if (std::fread(bytes, 1, size, file_) != size) fail_here("read");
  }
  [[noreturn]] void fail_here(const char* doing) const {
    const int code = errno;
    fail(code == ENOSPC ? ErrorKind::resource : ErrorKind::io,
         "cannot {} the temporary file {}: {}; free some space or give more --memory", doing,
         pending_.path().string(), errno_text(code));
  }

  PendingPath pending_;  // never committed: removed at the end
  std::FILE* file_;
  Key key_{};
  std::size_t size_ = 0;
  std::vector<std::uint64_t> room_;  // aligned for the tag numbers
};

RowSorter::RowSorter(std::uint64_t memory, std::filesystem::path output)
    : memory_(memory), output_(std::move(output)) {}

RowSorter::~RowSorter() = default;

char* RowSorter::allocate(std::size_t size) {
  size = rounded_to_8(size);
  if (blocks_.empty() || block_used_ + size > kBlockBytes) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(std::max(size, kBlockBytes)));
    held_ += std::max(size, kBlockBytes);
    block_used_ = 0;
  }
  char* bytes = blocks_.back().get() + block_used_;
  block_used_ += size;
  return bytes;
}

void RowSorter::add(const SortedRow& row) {
  const std::size_t tag_bytes = row.tags.size() * sizeof(TagDictionary::Number);
  const std::size_t size = sizeof(Head) + tag_bytes + row.blob.size();
  char* bytes = allocate(size);
  const Head head{row.box_lonlat, row.tags.size()};
  std::memcpy(bytes, &head, sizeof head);
  std::ranges::copy(row.tags, reinterpret_cast<TagDictionary::Number*>(bytes + sizeof head));
  std::ranges::copy(row.blob, bytes + sizeof head + tag_bytes);
  const Point centre = row.box_lonlat.centre();
  records_.push_back(
      {{hilbert_code_lonlat(centre.x, centre.y), row.osm_id, row.kind}, bytes, size});
  ++size_;
  if (held_ + records_.size() * sizeof(Record) > memory_) spill();
}

SortedRow RowSorter::decoded(const Key& key, const char* bytes, std::size_t size) {
  Head head{};
  std::memcpy(&head, bytes, sizeof head);
  const auto* tags = reinterpret_cast<const TagDictionary::Number*>(bytes + sizeof head);
  const std::size_t blob_at = sizeof head + head.tags * sizeof *tags;
  return {key.kind, key.osm_id, head.box, {tags, head.tags}, {bytes + blob_at, size - blob_at}};
}

void RowSorter::sort_records() {
  std::ranges::sort(records_, {}, &Record::key);
}

void RowSorter::spill() {
  sort_records();
  auto run = std::make_unique<Run>(output_.string() + "-run");
  for (const Record& record : records_) run->write(record);
  runs_.push_back(std::move(run));
  records_.clear();
  blocks_.clear();
  block_used_ = 0;
  held_ = 0;
}

void RowSorter::merge(const std::function<void(const SortedRow&)>& visit) {
  const auto later = [](const Run* a, const Run* b) { return a->key() > b->key(); };
  std::priority_queue<Run*, std::vector<Run*>, decltype(later)> heads(later);
  for (const auto& run : runs_) {
    run->rewind();
    if (run->next()) heads.push(run.get());
  }
  while (!heads.empty()) {
    Run* run = heads.top();
    heads.pop();
    visit(run->row());
    if (run->next()) heads.push(run);
  }
}

void RowSorter::drain(const std::function<void(const SortedRow&)>& visit) {
  if (!runs_.empty()) {
    spill();
    merge(visit);
  } else {
    sort_records();
    for (const Record& record : records_) visit(decoded(record.key, record.bytes, record.size));
  }
  runs_.clear();
  records_ = {};
  blocks_.clear();
}

}  // namespace skyglot
