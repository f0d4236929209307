// SPDX-License-Identifier: Apache-2.0
#include "osm/map_input.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"

#include <osmium/io/pbf_input.hpp>
#include <osmium/io/reader.hpp>
#include <osmium/osm/object_comparisons.hpp>

#include <algorithm>
#include <tuple>

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
  } catch (const Error&) {
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

class PbfMap : public MapReader {
 public:
  PbfMap(const osmium::io::File& file, osmium::osm_entity_bits::type entities,
         osmium::thread::Pool& pool)
      : reader_(file, entities, pool), header_(reader_.header()) {
    if (header_.has_multiple_object_versions())
      fail(ErrorKind::input,
           "{}: holds the history of objects; make a snapshot first with 'osmium time-filter'",
           file.filename());
  }
  Buffer read() override { return reader_.read(); }
  std::uint64_t offset() const override { return reader_.offset(); }
  std::string timestamp() const override {
    const std::string replication = header_.get("osmosis_replication_timestamp");
    return replication.empty() ? header_.get("timestamp") : replication;
  }

 private:
  osmium::io::Reader reader_;
  osmium::io::Header header_;
};

bool is_newer(const osmium::OSMObject& object, const osmium::OSMObject& than) {
  return std::tuple(object.version(), object.timestamp()) >
         std::tuple(than.version(), than.timestamp());
}

bool is_same(const osmium::OSMObject& a, const osmium::OSMObject& b) {
  return a.type() == b.type() && a.id() == b.id();
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
      if (file.format() == osmium::io::file_format::xml)
        reader_ = open_xml_map(path, entities);
      else
        reader_ = std::make_unique<PbfMap>(file, entities, pool);
    });
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

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const MapReader& reader() const { return *reader_; }

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
  std::unique_ptr<MapReader> reader_;
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

std::optional<Buffer> MapInput::next() {
  return streams_.size() == 1 ? next_of_one() : next_merged();
}

void MapInput::hold(Buffer&& buffer) {
  Stream& stream = *streams_.front();
  ++newer_buffers_;
  for (osmium::OSMObject& object : buffer.select<osmium::OSMObject>()) {
    stream.check_order(object);
    if (newest_ != nullptr && is_same(object, *newest_) && !is_newer(object, *newest_)) {
      object.set_removed(true);
      continue;
    }
    if (newest_ != nullptr && is_same(object, *newest_)) newest_->set_removed(true);
    newest_ = &object;
    newer_buffers_ = 0;
  }
  held_.push_back(std::move(buffer));
}

std::optional<Buffer> MapInput::next_of_one() {
  while (held_.size() == newer_buffers_ + (newest_ != nullptr ? 1 : 0)) {
    Buffer buffer = streams_.front()->next_buffer();
    if (!buffer) break;
    hold(std::move(buffer));
  }
  if (held_.empty()) return std::nullopt;
  Buffer first = std::move(held_.front());
  held_.pop_front();
  return first;
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
  std::size_t newest = 0;  // where in it the newest version of the last object is
  while (Stream* stream = first_in_order()) {
    const osmium::OSMObject& object = *stream->current();
    const std::size_t at = merged.committed();
    const bool repeated = at > 0 && is_same(object, merged.get<osmium::OSMObject>(newest));
    if (at >= kMergedBytes && !repeated) break;
    stream->check_order(object);
    merged.add_item(object);
    merged.commit();
    const bool newer = !repeated || is_newer(merged.get<osmium::OSMObject>(at),
                                             merged.get<osmium::OSMObject>(newest));
    if (repeated) merged.get<osmium::OSMObject>(newer ? newest : at).set_removed(true);
    if (newer) newest = at;
    stream->advance();
  }
  if (merged.committed() == 0) return std::nullopt;
  return merged;
}

std::uint64_t MapInput::bytes_read() const {
  std::uint64_t bytes = 0;
  for (const auto& stream : streams_) bytes += stream->reader().offset();
  return bytes;
}

std::uint64_t MapInput::bytes_total() const {
  std::uint64_t bytes = 0;
  for (const auto& stream : streams_) bytes += stream->size();
  return bytes;
}

std::vector<std::string> MapInput::warnings() const {
  std::vector<std::string> all;
  for (const auto& stream : streams_)
    for (std::string& warning : stream->reader().warnings()) all.push_back(std::move(warning));
  return all;
}

std::string MapInput::timestamp() const {
  std::string newest;
  for (const auto& stream : streams_) newest = std::max(newest, stream->reader().timestamp());
  return newest;
}

}  // namespace skyglot
