// SPDX-License-Identifier: Apache-2.0
#include "osm/node_locations.hpp"

#include "base/error.hpp"

#include <osmium/index/map/dense_file_array.hpp>
#include <osmium/index/map/sparse_file_array.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <system_error>
#include <unistd.h>

namespace skyglot {
namespace {

constexpr std::size_t kBlockNodes = 512;

class MemoryLocations : public NodeLocations {
 protected:
  void set_positive(std::uint64_t id, osmium::Location location) override {
    packed_.set(id, location);
  }
  osmium::Location get_positive(std::uint64_t id) const noexcept override {
    return packed_.get(id);
  }

 private:
  PackedLocations packed_;
};

// A new file that is gone when the import ends, whichever way.
class ScratchFile {
 public:
  explicit ScratchFile(std::filesystem::path path) : path_(std::move(path)) {
    descriptor_ = open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor_ < 0)
      fail(ErrorKind::io, "cannot make the node index {}: {}", path_.string(), errno_text(errno));
  }
  ~ScratchFile() {
    close(descriptor_);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

// The sparse array wants to be sorted before look-ups; nodes come in order, so it always is.
template <typename Map>
class FileLocations : public NodeLocations {
 public:
  explicit FileLocations(const std::filesystem::path& path)
      : file_(path), map_(file_.descriptor()) {}

 protected:
  void set_positive(std::uint64_t id, osmium::Location location) override {
    // The dense array multiplies without looking: beyond, it would write where no memory is.
    constexpr std::uint64_t kHighestId = std::uint64_t{1} << 56;
    if (id > kHighestId)
      fail(ErrorKind::input,
           "node {} is beyond what --node-index file and dense can hold; use "
           "--node-index memory",
           id);
    try {
      map_.set(id, location);
    } catch (const std::system_error& error) {
      fail(ErrorKind::resource,
           "cannot grow the node index {} for node {}: {}; free some space or use another "
           "--node-index",
           file_.path().string(), id, error.what());
    }
  }
  osmium::Location get_positive(std::uint64_t id) const noexcept override {
    return map_.get_noexcept(id);
  }

 private:
  ScratchFile file_;
  Map map_;
};

using SparseFile =
    osmium::index::map::SparseFileArray<osmium::unsigned_object_id_type, osmium::Location>;
using DenseFile =
    osmium::index::map::DenseFileArray<osmium::unsigned_object_id_type, osmium::Location>;

std::uint64_t magnitude(osmium::object_id_type id) {
  return id < 0 ? 0 - static_cast<std::uint64_t>(id) : static_cast<std::uint64_t>(id);
}

}  // namespace

NodeIndexOptions parse_node_index(const std::string& text) {
  using Kind = NodeIndexOptions::Kind;
  const std::size_t colon = text.find(':');
  const std::string word = text.substr(0, colon);
  const std::filesystem::path path = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (word == "file") return {Kind::file, path};
  if (word == "dense") return {Kind::dense, path};
  if (text == "auto") return {Kind::automatic, {}};
  if (text == "memory") return {Kind::memory, {}};
  fail(ErrorKind::usage,
       "--node-index {}: must be auto, memory, file, file:PATH, dense or dense:PATH", text);
}

void PackedLocations::set(std::uint64_t id, osmium::Location location) {
  constexpr std::uint64_t kReach = std::numeric_limits<std::uint32_t>::max();
  if (blocks_.empty() || blocks_.back().offsets.size() == kBlockNodes ||
      id - blocks_.back().first_id > kReach) {
    first_ids_.push_back(id);
    blocks_.push_back({id, {}, {}});
    blocks_.back().offsets.reserve(kBlockNodes);
    blocks_.back().locations.reserve(kBlockNodes);
  }
  Block& block = blocks_.back();
  block.offsets.push_back(static_cast<std::uint32_t>(id - block.first_id));
  block.locations.push_back(location);
}

osmium::Location PackedLocations::get(std::uint64_t id) const noexcept {
  const auto above = std::ranges::upper_bound(first_ids_, id);
  if (above == first_ids_.begin()) return osmium::Location();
  const Block& block = blocks_[static_cast<std::size_t>(above - first_ids_.begin()) - 1];
  const std::uint64_t offset = id - block.first_id;
  const auto found = std::ranges::lower_bound(block.offsets, offset);
  if (found == block.offsets.end() || *found != offset) return osmium::Location();
  return block.locations[static_cast<std::size_t>(found - block.offsets.begin())];
}

std::unique_ptr<NodeLocations> NodeLocations::create(const NodeIndexOptions& options) {
  switch (options.kind) {
    case NodeIndexOptions::Kind::file:
      return std::make_unique<FileLocations<SparseFile>>(options.path);
    case NodeIndexOptions::Kind::dense:
      return std::make_unique<FileLocations<DenseFile>>(options.path);
    default:
      return std::make_unique<MemoryLocations>();
  }
}

void NodeLocations::set(osmium::object_id_type id, osmium::Location location) {
  if (id < 0)
    negative_.set(magnitude(id), location);
  else
    set_positive(magnitude(id), location);
}

osmium::Location NodeLocations::get(osmium::object_id_type id) const noexcept {
  return id < 0 ? negative_.get(magnitude(id)) : get_positive(magnitude(id));
}

}  // namespace skyglot
