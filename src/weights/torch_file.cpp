// SPDX-License-Identifier: Apache-2.0
#include "weights/torch_file.hpp"

#include "base/error.hpp"
#include "weights/zip_directory.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <string_view>

namespace skyglot {
namespace {

using Bytes = std::span<const std::byte>;
using Kind = PickleValue::Kind;

// What a file may make us hold, beside the file itself: graphs of small pickles are larger than
// they, and of tensors a few may be views of others.
constexpr std::size_t kGraphFloor = std::size_t{64} << 20;
constexpr std::size_t kGraphShare = 8;
constexpr std::size_t kViewFloor = std::size_t{1} << 20;
constexpr std::size_t kViewShare = 4;
constexpr std::size_t kMaxPickle = std::size_t{1} << 28;
// PROTO 2, LONG1 0x1950a86a20f9469cfc6c, STOP: the first pickle of every legacy file.
constexpr std::string_view kMagic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e",
                                  15);
constexpr std::int64_t kLegacyProtocol = 1001;

template <typename... Args>
[[noreturn]] void reject_checkpoint(const std::string& name, fmt::format_string<Args...> text,
                                    Args&&... args) {
  fail(ErrorKind::format, "{}: damaged checkpoint: {}; fetch it again", name,
       fmt::format(text, std::forward<Args>(args)...));
}

// Elements of a storage that a tensor reaches: one past the last, from its start; nothing if it
// does not fit in 63 bits.
std::optional<std::int64_t> reach(const PickleTensor& t) {
  std::int64_t last = t.offset;
  for (std::size_t i = 0; i < t.shape.size(); ++i) {
    std::int64_t step = 0;
    if (t.shape[i] == 0) return 0;
    if (t.shape[i] < 0 || t.strides[i] < 0 ||
        __builtin_mul_overflow(t.shape[i] - 1, t.strides[i], &step) ||
        __builtin_add_overflow(last, step, &last))
      return std::nullopt;
  }
  if (t.offset < 0 || __builtin_add_overflow(last, 1, &last)) return std::nullopt;
  return last;
}

bool is_contiguous(const PickleTensor& t) {
  std::int64_t step = 1;
  for (std::size_t i = t.shape.size(); i > 0; --i) {
    if (t.shape[i - 1] != 1 && t.strides[i - 1] != step) return false;
    step *= t.shape[i - 1];
  }
  return true;
}

// Elements in row-major order of the shape; `source` starts at the tensor's first one.
std::vector<std::byte> gather(PickleTensor t, Bytes source, std::size_t width, std::size_t size) {
  for (std::size_t i = 0; i < t.shape.size(); ++i)
    if (t.shape[i] == 1) t.strides[i] = 0;  // nobody vouches for a stride that is never walked
  std::vector<std::byte> copy(size);
  std::vector<std::int64_t> index(t.shape.size(), 0);
  std::int64_t at = 0;
  for (std::size_t to = 0; to < size; to += width) {
    std::memcpy(copy.data() + to, source.data() + static_cast<std::size_t>(at) * width, width);
    for (std::size_t axis = index.size(); axis > 0; --axis) {
      at += t.strides[axis - 1];
      if (++index[axis - 1] < t.shape[axis - 1]) break;
      at -= t.strides[axis - 1] * t.shape[axis - 1];
      index[axis - 1] = 0;
    }
  }
  return copy;
}

std::string archive_root(const ZipDirectory& zip, const std::string& name) {
  constexpr std::string_view kPickle = "/data.pkl";
  std::string root;
  for (const auto& [entry, ignored] : zip.entries()) {
    if (!entry.ends_with(kPickle) || entry.find('/') != entry.size() - kPickle.size()) continue;
    if (!root.empty()) reject_checkpoint(name, "it holds two checkpoints, {} and {}", root, entry);
    root = entry.substr(0, entry.size() - kPickle.size());
  }
  if (root.empty())
    fail(ErrorKind::format, "{}: a zip archive, but not one of torch.save (no data.pkl in it)",
         name);
  return root;
}

void refuse_big_endian(const ZipDirectory& zip, const std::string& root, const std::string& name) {
  const std::string entry = root + "/byteorder";
  if (!zip.contains(entry)) return;
  const Bytes bytes = zip.bytes_of(entry);
  const std::string_view word(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (word != "little")
    fail(ErrorKind::format,
         "{}: written on a big-endian machine; save it again on a little-endian one", name);
}

PickleGraph graph_of(Bytes bytes, std::size_t file_size, const std::string& name) {
  if (bytes.size() > kMaxPickle)
    fail(ErrorKind::resource, "{}: a pickle of {} bytes is larger than that of any checkpoint",
         name, bytes.size());
  return read_pickle(bytes, name, kGraphFloor + kGraphShare * file_size);
}

std::size_t storage_bytes(const PickleStorage& storage, std::int64_t count,
                          const std::string& name) {
  const std::array<std::int64_t, 1> shape{count};
  return byte_count(*storage.type, shape, name);
}

// What the storage claims of the bytes stored under its key.
Bytes part_of(Bytes stored, const PickleStorage& storage, const std::string& name) {
  const std::size_t first = storage_bytes(storage, storage.first, name);
  const std::size_t size = storage_bytes(storage, storage.count, name);
  if (first > stored.size() || size > stored.size() - first)
    reject_checkpoint(name, "storage {} of {} elements has only {} bytes", storage.key,
                      storage.count, stored.size());
  return stored.subspan(first, size);
}

using StorageMap = std::map<std::string, Bytes>;

// The pickles of a legacy file, one after the other.
class LegacyReader {
 public:
  LegacyReader(Bytes bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

  PickleGraph next() {
    const Bytes rest = bytes_.subspan(at_);
    PickleGraph graph =
        graph_of(rest.first(std::min(rest.size(), kMaxPickle)), bytes_.size(), name_);
    at_ += graph.size;
    return graph;
  }
  std::int64_t count() {
    if (bytes_.size() - at_ < 8) reject_checkpoint(name_, "its storages are cut short");
    std::int64_t number = 0;
    std::memcpy(&number, bytes_.data() + at_, sizeof number);
    at_ += sizeof number;
    return number;
  }
  Bytes take(std::size_t size) {
    if (size > bytes_.size() - at_) reject_checkpoint(name_, "its storages are cut short");
    const Bytes taken = bytes_.subspan(at_, size);
    at_ += size;
    return taken;
  }

 private:
  Bytes bytes_;
  std::string name_;
  std::size_t at_ = 0;
};

void check_legacy_head(LegacyReader& reader, const std::string& name) {
  (void)reader.next();  // the magic number
  const PickleGraph protocol = reader.next();
  if (protocol.top().kind != Kind::number || protocol.top().number != kLegacyProtocol)
    reject_checkpoint(name, "it is of a protocol other than {}", kLegacyProtocol);
  const PickleGraph system = reader.next();
  const PickleValue* little = system.find(system.top(), "little_endian");
  if (little == nullptr || little->number != 1)
    fail(ErrorKind::format,
         "{}: written on a big-endian machine; save it again on a little-endian one", name);
}

// Raw storages stand in the order of the list of keys, each behind its number of elements; only the
// pickle knows their types.
StorageMap read_storages(LegacyReader& reader, const PickleGraph& graph, const std::string& name) {
  std::map<std::string, ElementType> types;
  for (const PickleStorage& storage : graph.storages)
    if (storage.type) types.emplace(storage.key, *storage.type);
  const PickleGraph keys = reader.next();
  StorageMap storages;
  if (keys.top().kind != Kind::sequence) reject_checkpoint(name, "its list of storages is none");
  for (const PickleId id : keys.top().items) {
    const std::string& key = keys.values[id].text;
    const auto type = types.find(key);
    if (type == types.end())
      reject_checkpoint(name, "storage {} is of no type we read", key.substr(0, 40));
    const std::array<std::int64_t, 1> shape{reader.count()};
    storages[key] = reader.take(byte_count(type->second, shape, name));
  }
  return storages;
}

}  // namespace

TensorView TorchFile::tensor(const PickleTensor& t, const std::string& what) {
  const PickleStorage& storage = graph.storages.at(t.storage);
  const std::string where = name + ": " + what;
  const std::size_t size = byte_count(*storage.type, t.shape, where);
  const auto needed = reach(t);
  if (!needed || *needed > storage.count)
    reject_checkpoint(where, "a tensor reaches outside its storage of {}", storage.count);
  if (size == 0) return {*storage.type, t.shape, {}, owner};
  const std::size_t width = element_size(*storage.type);
  const Bytes source = bytes_of(storage).subspan(static_cast<std::size_t>(t.offset) * width);
  if (size > view_budget)
    fail(ErrorKind::resource,
         "{}: its tensors are views of one another and add up to more than {} times the file; no "
         "checkpoint's do",
         where, kViewShare);
  view_budget -= size;
  if (is_contiguous(t)) return {*storage.type, t.shape, source.first(size), owner};
  const auto copy = std::make_shared<std::vector<std::byte>>(gather(t, source, width, size));
  return {*storage.type, t.shape, *copy, copy};
}

bool looks_like_legacy_torch(Bytes bytes) {
  return bytes.size() >= kMagic.size() &&
         std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0;
}

TorchFile open_torch_zip(Bytes bytes, const std::string& name, std::shared_ptr<const void> owner) {
  const auto zip = std::make_shared<ZipDirectory>(bytes, name);
  const std::string root = archive_root(*zip, name);
  refuse_big_endian(*zip, root, name);
  const auto checked = std::make_shared<StorageMap>();  // so that each checksum is computed once
  const auto from = [zip, root, name, checked](const PickleStorage& storage) {
    auto found = checked->find(storage.key);
    if (found == checked->end())
      found = checked->emplace(storage.key, zip->bytes_of(root + "/data/" + storage.key)).first;
    return part_of(found->second, storage, name);
  };
  const bool script = zip->contains(root + "/constants.pkl");
  return {script ? Container::torch_script : Container::torch_zip,
          name,
          graph_of(zip->bytes_of(root + "/data.pkl"), bytes.size(), name),
          from,
          std::move(owner),
          kViewFloor + kViewShare * bytes.size()};
}

TorchFile open_torch_legacy(Bytes bytes, const std::string& name,
                            std::shared_ptr<const void> owner) {
  LegacyReader reader(bytes, name);
  check_legacy_head(reader, name);
  PickleGraph graph = reader.next();
  const auto storages = std::make_shared<StorageMap>(read_storages(reader, graph, name));
  const auto from = [storages, name](const PickleStorage& storage) {
    const auto found = storages->find(storage.key);
    if (found == storages->end()) reject_checkpoint(name, "storage {} is missing", storage.key);
    return part_of(found->second, storage, name);
  };
  return {Container::torch_legacy, name,
          std::move(graph),        from,
          std::move(owner),        kViewFloor + kViewShare * bytes.size()};
}

}  // namespace skyglot
