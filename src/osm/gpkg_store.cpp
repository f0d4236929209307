// SPDX-License-Identifier: Apache-2.0
#include "osm/gpkg_store.hpp"

#include "base/error.hpp"
#include "geo/geopackage.hpp"
#include "osm/antimeridian.hpp"
#include "osm/stored_object.hpp"

#include <algorithm>
#include <utility>

namespace skyglot {
namespace {

// Shapes of more bytes than this are kept (4,096 corners), up to so many bytes of them.
constexpr std::int64_t kLargeShape = 64 << 10;
constexpr std::int64_t kKeptShapes = 32 << 20;

Database opened(const std::filesystem::path& path) {
  Database database(path, Database::Mode::read);
  for (const char* table : {"objects", "tags", "object_tags", "metadata", "rtree_objects_geom"})
    if (!database.has_table(table))
      fail(ErrorKind::format,
           "{}: not an object store (no table {}); make one with 'skyglot objects import'",
           path.string(), table);
  return database;
}

}  // namespace

GpkgStore::GpkgStore(const std::filesystem::path& path)
    : path_(path),
      database_(opened(path)),
      object_(database_.prepare("SELECT kind, osm_id, tags, geom FROM objects WHERE fid = ?1")),
      head_(
          database_.prepare("SELECT kind, osm_id, tags, length(geom) FROM objects WHERE fid = ?1")),
      shape_(database_.prepare("SELECT geom FROM objects WHERE fid = ?1")),
      in_box_(database_.prepare("SELECT id FROM rtree_objects_geom WHERE minx <= ?3 AND "
                                "maxx >= ?1 AND miny <= ?4 AND maxy >= ?2")),
      box_(database_.prepare(
          "SELECT minx, miny, maxx, maxy FROM rtree_objects_geom WHERE id = ?1")) {}

std::vector<std::int64_t> GpkgStore::ids_in(const Box& box_lonlat) {
  std::vector<std::int64_t> ids;
  for (const Box& box : boxes_on_the_map(box_lonlat)) {
    in_box_.bind(1, box.min_x).bind(2, box.min_y).bind(3, box.max_x).bind(4, box.max_y);
    while (in_box_.step()) ids.push_back(in_box_.integer(0));
    in_box_.reset();
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

MapObject GpkgStore::object(std::int64_t fid) {
  object_.reset();
  if (!object_.bind(1, fid).step())
    fail(ErrorKind::input, "{}: there is no object {}", path_.string(), fid);
  MapObject found = stored_object(
      path_.string(), {fid, object_.text(0), object_.integer(1), object_.text(2), object_.blob(3)},
      geometry_of_gpkg);
  object_.reset();
  return found;
}

Box GpkgStore::box_of(std::int64_t fid) {
  Box box;
  if (box_.bind(1, fid).step()) box = {box_.real(0), box_.real(1), box_.real(2), box_.real(3)};
  box_.reset();
  return box;
}

std::vector<Box> GpkgStore::boxes_lonlat(std::span<const std::int64_t> fids) {
  std::vector<Box> boxes;
  for (const std::int64_t fid : fids) boxes.push_back(box_of(fid));
  return boxes;
}

MapObject GpkgStore::shapeless(std::int64_t fid, std::int64_t& shape_bytes) {
  if (!head_.bind(1, fid).step())
    fail(ErrorKind::input, "{}: there is no object {}", path_.string(), fid);
  MapObject found = object_without_shape(path_.string(),
                                         {fid, head_.text(0), head_.integer(1), head_.text(2), {}});
  shape_bytes = head_.integer(3);
  head_.reset();
  return found;
}

Geometry GpkgStore::shape_of(const MapObject& object) {
  if (!shape_.bind(1, object.fid).step())
    fail(ErrorKind::input, "{}: there is no object {}", path_.string(), object.fid);
  Geometry shape = stored_shape(path_.string(), object, shape_.blob(0), geometry_of_gpkg);
  shape_.reset();
  return shape;
}

void GpkgStore::visit_large(Large& large, const Box& box, const Wants& wants, const Visit& visit) {
  if (!wants(large.object, box)) return;
  if (!large.decoded) large.object.geometry_lonlat = shape_of(large.object);
  large.decoded = true;
  visit(large.object);
}

void GpkgStore::visit_if_wanted(std::int64_t fid, const Wants& wants, const Visit& visit) {
  const Box box = box_of(fid);
  const auto known = large_.find(fid);
  if (known != large_.end()) return visit_large(known->second, box, wants, visit);
  std::int64_t shape_bytes = 0;
  MapObject object = shapeless(fid, shape_bytes);
  if (shape_bytes > kLargeShape) {
    if (large_bytes_ + shape_bytes > kKeptShapes) {
      large_.clear();
      large_bytes_ = 0;
    }
    large_bytes_ += shape_bytes;
    return visit_large(large_[fid] = {std::move(object), false}, box, wants, visit);
  }
  if (!wants(object, box)) return;
  object.geometry_lonlat = shape_of(object);
  visit(object);
}

void GpkgStore::for_each_in(const Box& box_lonlat, const Wants& wants, const Visit& visit) {
  for (const std::int64_t fid : ids_in(box_lonlat)) visit_if_wanted(fid, wants, visit);
}

std::vector<StoredTag> GpkgStore::tags() {
  std::vector<StoredTag> found;
  Statement query = database_.prepare("SELECT fid, key, value, objects FROM tags ORDER BY fid");
  while (query.step())
    found.push_back({query.integer(0),
                     {std::string(query.text(1)), std::string(query.text(2))},
                     query.integer(3)});
  return found;
}

std::vector<std::int64_t> GpkgStore::ids_with_tag(std::int64_t tag_id) {
  std::vector<std::int64_t> ids;
  Statement query =
      database_.prepare("SELECT object FROM object_tags WHERE tag_id = ?1 ORDER BY object");
  query.bind(1, tag_id);
  while (query.step()) ids.push_back(query.integer(0));
  return ids;
}

void GpkgStore::for_each_tags(const std::function<void(ObjectKind, const Tags&)>& visit) {
  Statement query = database_.prepare("SELECT fid, kind, tags FROM objects ORDER BY fid");
  const std::string store = path_.string();
  while (query.step()) {
    const auto [kind, tags] = reading_row(store, query.integer(0), [&] {
      return std::pair(object_kind_from(query.text(1)), tags_from_json(query.text(2)));
    });
    visit(kind, tags);
  }
}

std::int64_t GpkgStore::size() {
  return database_.query_integer("SELECT count(*) FROM objects").value_or(0);
}

Box GpkgStore::extent_lonlat() {
  Statement query = database_.prepare(
      "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'objects'");
  if (!query.step() || query.is_null(0)) return {};
  return {query.real(0), query.real(1), query.real(2), query.real(3)};
}

std::map<std::string, std::string> GpkgStore::metadata() {
  std::map<std::string, std::string> facts;
  Statement query = database_.prepare("SELECT key, value FROM metadata");
  while (query.step()) facts.emplace(query.text(0), query.text(1));
  return facts;
}

}  // namespace skyglot
