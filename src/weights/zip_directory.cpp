// SPDX-License-Identifier: Apache-2.0
// Layout: PKWARE APPNOTE.TXT 6.3.9, sections 4.3 (records) and 4.5.3 (zip64 extra field).
#include "weights/zip_directory.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <utility>
#include <zlib.h>

namespace skyglot {
namespace {

constexpr std::uint32_t kLocal = 0x04034b50;
constexpr std::uint32_t kCentral = 0x02014b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::uint32_t kEnd64 = 0x06064b50;
constexpr std::uint32_t kLocator64 = 0x07064b50;
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLocator64Size = 20;
constexpr std::size_t kMaxComment = 65535;
constexpr std::uint64_t kMaxEntries = 1'000'000;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;  // the value is in the zip64 record
constexpr std::uint16_t kExtra64 = 1;
constexpr std::uint16_t kEncrypted = 1;

template <typename... Args>
[[noreturn]] void reject_zip(const std::string& name, fmt::format_string<Args...> text,
                             Args&&... args) {
  fail(ErrorKind::format, "{}: damaged zip archive: {}; fetch it again", name,
       fmt::format(text, std::forward<Args>(args)...));
}

std::uint64_t number_at(std::span<const std::byte> bytes, std::size_t at, std::size_t width) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < width; ++i)
    number |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
  return number;
}

std::uint16_t u16(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(number_at(bytes, at, 2));
}

std::uint32_t u32(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint32_t>(number_at(bytes, at, 4));
}

// Whether [at, at + size) lies inside `total` bytes.
bool inside(std::uint64_t at, std::uint64_t size, std::uint64_t total) {
  return at <= total && size <= total - at;
}

// The end record is the last that fits: its comment must reach to the end of the file.
std::size_t find_end(std::span<const std::byte> bytes, const std::string& name) {
  if (bytes.size() < kEndSize) reject_zip(name, "{} bytes are too few", bytes.size());
  const std::size_t last = bytes.size() - kEndSize;
  const std::size_t first = last > kMaxComment ? last - kMaxComment : 0;
  for (std::size_t at = last + 1; at > first; --at) {
    const std::size_t place = at - 1;
    if (u32(bytes, place) == kEnd && place + kEndSize + u16(bytes, place + 20) == bytes.size())
      return place;
  }
  reject_zip(name, "it has no directory at its end, so it was probably cut short");
}

struct DirectoryPlace {
  std::uint64_t offset;
  std::uint64_t size;
  std::uint64_t count;
};

DirectoryPlace find_directory(std::span<const std::byte> bytes, const std::string& name) {
  const std::size_t end = find_end(bytes, name);
  const DirectoryPlace place{u32(bytes, end + 16), u32(bytes, end + 12), u16(bytes, end + 10)};
  const bool large = end >= kLocator64Size && u32(bytes, end - kLocator64Size) == kLocator64;
  if (!large) return place;
  const std::uint64_t record = number_at(bytes, end - kLocator64Size + 8, 8);
  if (!inside(record, kEnd64Size, bytes.size()) || u32(bytes, record) != kEnd64)
    reject_zip(name, "its zip64 directory is not where it should be");
  return {number_at(bytes, record + 48, 8), number_at(bytes, record + 40, 8),
          number_at(bytes, record + 32, 8)};
}

// The body of the zip64 extra field, empty if there is none.
std::span<const std::byte> extra64(std::span<const std::byte> extra) {
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const std::size_t size = u16(extra, at + 2);
    if (!inside(at + 4, size, extra.size())) break;
    if (u16(extra, at) == kExtra64) return extra.subspan(at + 4, size);
    at += 4 + size;
  }
  return {};
}

// The zip64 field holds, in this order, only those values that did not fit.
void widen(ZipEntry& entry, std::span<const std::byte> extra, const std::string& name) {
  std::span<const std::byte> field = extra64(extra);
  for (std::uint64_t* value : {&entry.size, &entry.stored_size, &entry.offset}) {
    if (*value != kIn64) continue;
    if (field.size() < 8) reject_zip(name, "an entry lacks its zip64 sizes");
    *value = number_at(field, 0, 8);
    field = field.subspan(8);
  }
}

std::uint32_t crc_of(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

bool looks_like_zip(std::span<const std::byte> bytes) {
  return bytes.size() >= 4 && u32(bytes, 0) == kLocal;
}

ZipDirectory::ZipDirectory(std::span<const std::byte> bytes, std::string name)
    : bytes_(bytes), name_(std::move(name)) {
  const DirectoryPlace place = find_directory(bytes_, name_);
  if (!inside(place.offset, place.size, bytes_.size()))
    reject_zip(name_, "its directory lies outside the file");
  if (place.count > kMaxEntries)
    fail(ErrorKind::resource, "{}: {} entries in one archive are more than any checkpoint has",
         name_, place.count);
  read_directory(place.offset, place.size, place.count);
}

void ZipDirectory::read_directory(std::uint64_t offset, std::uint64_t size, std::uint64_t count) {
  std::uint64_t at = offset;
  for (std::uint64_t i = 0; i < count; ++i) at = read_entry(at, offset + size);
  if (at != offset + size) reject_zip(name_, "its directory is longer than its {} entries", count);
  refuse_overlap();
}

// Many entries over the same bytes would have them all read once for each.
void ZipDirectory::refuse_overlap() const {
  std::uint64_t left = bytes_.size();
  for (const auto& [key, entry] : entries_) {
    if (entry.stored_size > left)
      reject_zip(name_, "its entries overlap: together they are longer than the file");
    left -= entry.stored_size;
  }
}

// Returns where the next one begins.
std::uint64_t ZipDirectory::read_entry(std::uint64_t at, std::uint64_t end) {
  if (end - at < kCentralSize || u32(bytes_, at) != kCentral)
    reject_zip(name_, "its directory is cut short");
  const std::size_t name_size = u16(bytes_, at + 28);
  const std::size_t extra_size = u16(bytes_, at + 30);
  const std::size_t comment_size = u16(bytes_, at + 32);
  if (!inside(at + kCentralSize, name_size + extra_size + comment_size, end))
    reject_zip(name_, "its directory is cut short");
  const std::string key(reinterpret_cast<const char*>(bytes_.data()) + at + kCentralSize,
                        name_size);
  ZipEntry entry{u32(bytes_, at + 42), u32(bytes_, at + 20), u32(bytes_, at + 24),
                 u32(bytes_, at + 16), u16(bytes_, at + 10), u16(bytes_, at + 8)};
  widen(entry, bytes_.subspan(at + kCentralSize + name_size, extra_size), name_);
  if (!entries_.emplace(key, entry).second) reject_zip(name_, "it has two entries {}", key);
  return at + kCentralSize + name_size + extra_size + comment_size;
}

std::span<const std::byte> ZipDirectory::bytes_of(const std::string& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) reject_zip(name_, "entry {} is missing", key);
  const ZipEntry& entry = found->second;
  if ((entry.flags & kEncrypted) != 0 || entry.method != 0 || entry.size != entry.stored_size)
    fail(ErrorKind::format,
         "{}: entry {} is compressed or encrypted, which torch.save does not do; save the file "
         "again with torch.save",
         name_, key);
  if (!inside(entry.offset, kLocalSize, bytes_.size()) || u32(bytes_, entry.offset) != kLocal)
    reject_zip(name_, "entry {} is not where the directory says", key);
  const std::uint64_t begin =
      entry.offset + kLocalSize + u16(bytes_, entry.offset + 26) + u16(bytes_, entry.offset + 28);
  if (!inside(begin, entry.size, bytes_.size()))
    reject_zip(name_, "entry {} ends outside the file", key);
  const auto bytes = bytes_.subspan(begin, entry.size);
  if (crc_of(bytes) != entry.crc)
    reject_zip(name_, "the bytes of entry {} do not have the checksum in the directory", key);
  return bytes;
}

}  // namespace skyglot
