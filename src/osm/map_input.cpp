// SPDX-License-Identifier: Apache-2.0
#include "osm/map_input.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"

#include <osmium/io/bzip2_compression.hpp>
#include <osmium/io/gzip_compression.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/io/reader.hpp>
#include <osmium/io/xml_input.hpp>
#include <osmium/osm/object_comparisons.hpp>

#include <algorithm>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using osmium::memory::Buffer;

constexpr std::size_t kMergedBytes = std::size_t{1} << 20;

osmium::io::File checked_file(const fs::path& path) {
  const std::string name = path.string();
  if (!fs::exists(path)) fail(ErrorKind::input, "{}: no such file", name);
  if (!fs::is_regular_file(path))
    fail(ErrorKind::input, "{}: not a regular file (it is read twice, so a pipe will not do)",
         name);
  osmium::io::File file(name);
  const auto format = file.format();
  const bool known =
      format == osmium::io::file_format::pbf || format == osmium::io::file_format::xml;
  if (!known || file.has_multiple_object_versions())
    fail(ErrorKind::input,
         "{}: reads .osm.pbf, .osm, .osm.gz and .osm.bz2 only (no o5m, history or change files); "
         "convert it first, e.g. with 'osmium cat' or 'osmium time-filter'",
         name);
  return file;
}

// Runs a step of libosmium's and names the file where it fails.
template <typename Step>
auto guarded(const fs::path& path, Step step) {
  try {
    return step();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::system_error& error) {
    fail(ErrorKind::io, "cannot read {}: {}", path.string(), error.what());
  } catch (const std::exception& error) {
    fail(ErrorKind::format,
         "{}: damaged, cut short, or no OpenStreetMap file: {}; get the file again and compare its "
         "checksum",
         path.string(), error.what());
  }
}

std::uint64_t key_of(osmium::item_type type) {
  return static_cast<std::uint64_t>(type);
}

// Whether the first comes before the second in an ordered file.
bool comes_before(osmium::item_type a_type, osmium::object_id_type a, osmium::item_type b_type,
                  osmium::object_id_type b) {
  if (a_type != b_type) return key_of(a_type) < key_of(b_type);
  return osmium::id_order{}(a, b);
}

}  // namespace

// One file with the place reached in it.
class MapInput::Stream {
 public:
  Stream(const fs::path& path, osmium::osm_entity_bits::type entities, osmium::thread::Pool& pool)
      : path_(path), size_(fs::file_size(path)) {
    const osmium::io::File file = checked_file(path);
    guarded(path, [&] {
      reader_ = std::make_unique<osmium::io::Reader>(file, entities, pool);
      header_ = reader_->header();
    });
    if (header_.has_multiple_object_versions())
      fail(ErrorKind::input,
           "{}: holds the history of objects; make a snapshot first with 'osmium time-filter'",
           path.string());
  }

  // The rest of what has been decoded, and more when that is used up; invalid at the end.
  Buffer next_buffer() {
    return guarded(path_, [&] { return reader_->read(); });
  }

  // The object at hand; nullptr at the end. It stays until advance() is called.
  osmium::OSMObject* current() {
    while (!ended_ && (!buffer_ || position_ == end_)) {
      buffer_ = next_buffer();
      ended_ = !buffer_;
      if (ended_) break;
      position_ = buffer_.begin<osmium::OSMObject>();
      end_ = buffer_.end<osmium::OSMObject>();
    }
    return ended_ ? nullptr : &*position_;
  }
  void advance() { ++position_; }

  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t offset() const { return reader_->offset(); }
  [[nodiscard]] std::string timestamp() const {
    const std::string replication = header_.get("osmosis_replication_timestamp");
    return replication.empty() ? header_.get("timestamp") : replication;
  }

  // Throws unless the objects of this file are in order.
  void check_order(const osmium::OSMObject& object) {
    if (comes_before(object.type(), object.id(), last_type_, last_id_))
      fail(ErrorKind::input, "{}: {} {} is not in order; sort the file first with 'osmium sort'",
           path_.string(), osmium::item_type_to_name(object.type()), object.id());
    last_type_ = object.type();
    last_id_ = object.id();
  }

 private:
  fs::path path_;
  std::uint64_t size_;
  std::unique_ptr<osmium::io::Reader> reader_;
  osmium::io::Header header_;
  Buffer buffer_;
  Buffer::t_iterator<osmium::OSMObject> position_{nullptr, nullptr};
  Buffer::t_iterator<osmium::OSMObject> end_{nullptr, nullptr};
  bool ended_ = false;
  osmium::item_type last_type_ = osmium::item_type::undefined;
  osmium::object_id_type last_id_ = 0;
};

MapInput::MapInput(const Options& options) : pool_(std::max(1, options.threads)) {
  expect(!options.files.empty(), "no input file");
  for (const fs::path& path : options.files) {
    (void)checked_file(path);
    streams_.push_back(std::make_unique<Stream>(path, options.entities, pool_));
  }
}

MapInput::~MapInput() = default;

void MapInput::mark(osmium::OSMObject& object) {
  if (object.type() == last_type_ && object.id() == last_id_) object.set_removed(true);
  last_type_ = object.type();
  last_id_ = object.id();
}

std::optional<Buffer> MapInput::next() {
  return streams_.size() == 1 ? next_of_one() : next_merged();
}

std::optional<Buffer> MapInput::next_of_one() {
  Stream& stream = *streams_.front();
  Buffer buffer = stream.next_buffer();
  if (!buffer) return std::nullopt;
  for (osmium::OSMObject& object : buffer.select<osmium::OSMObject>()) {
    stream.check_order(object);
    mark(object);
  }
  return buffer;
}

MapInput::Stream* MapInput::first_in_order() {
  Stream* first = nullptr;
  for (const auto& stream : streams_) {
    const osmium::OSMObject* object = stream->current();
    if (object == nullptr) continue;
    // Among equals the earlier file wins, because it is not replaced.
    if (first == nullptr || comes_before(object->type(), object->id(), first->current()->type(),
                                         first->current()->id()))
      first = stream.get();
  }
  return first;
}

std::optional<Buffer> MapInput::next_merged() {
  Buffer merged(kMergedBytes, Buffer::auto_grow::yes);
  while (merged.committed() < kMergedBytes) {
    Stream* stream = first_in_order();
    if (stream == nullptr) break;
    osmium::OSMObject& object = *stream->current();
    stream->check_order(object);
    mark(object);
    merged.add_item(object);
    merged.commit();
    stream->advance();
  }
  if (merged.committed() == 0) return std::nullopt;
  return merged;
}

std::uint64_t MapInput::bytes_read() const {
  std::uint64_t bytes = 0;
  for (const auto& stream : streams_) bytes += stream->offset();
  return bytes;
}

std::uint64_t MapInput::bytes_total() const {
  std::uint64_t bytes = 0;
  for (const auto& stream : streams_) bytes += stream->size();
  return bytes;
}

std::string MapInput::timestamp() const {
  std::string newest;
  for (const auto& stream : streams_) newest = std::max(newest, stream->timestamp());
  return newest;
}

}  // namespace skyglot
