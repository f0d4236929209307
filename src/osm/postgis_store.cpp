// SPDX-License-Identifier: Apache-2.0
#include "osm/postgis_store.hpp"

#include "base/error.hpp"
#include "base/numbers.hpp"
#include "geo/wkb.hpp"
#include "osm/antimeridian.hpp"
#include "osm/stored_object.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace skyglot {
namespace {

constexpr std::size_t kBatch = 1000;

constexpr const char* kStore = "object store in PostGIS";

std::string array_of(std::span<const std::int64_t> fids) {
  std::string text;
  for (const std::int64_t fid : fids)
    text.append(text.empty() ? "{" : ",").append(std::to_string(fid));
  return text + "}";
}

}  // namespace

PostgisStore::PostgisStore(const PostgresName& name) : connection_(name.connection) {
  const auto found = connection_.query(
      "SELECT count(*) FROM pg_tables WHERE schemaname = $1 AND tablename IN "
      "('objects', 'tags', 'object_tags', 'metadata')",
      {name.schema});
  if (found.integer(0, 0) != 4)
    fail(ErrorKind::input,
         "the schema {} of the database holds no object store; make one with 'skyglot objects "
         "import FILE --output \"PG:... schema={}\"'",
         name.schema, name.schema);
  // PostGIS itself may live in any schema of the path that is set.
  connection_.execute("SELECT set_config('search_path', '\"" + name.schema +
                      "\",' || current_setting('search_path'), false)");
}

std::vector<std::int64_t> PostgisStore::ids_in(const Box& box_lonlat) {
  std::vector<std::int64_t> ids;
  for (const Box& box : boxes_on_the_map(box_lonlat)) {
    const auto rows = connection_.query(
        "SELECT fid FROM objects WHERE geom && ST_MakeEnvelope($1::float8, $2::float8, $3::float8, "
        "$4::float8, 4326)",
        {format_double(box.min_x), format_double(box.min_y), format_double(box.max_x),
         format_double(box.max_y)});
    for (int row = 0; row < rows.rows(); ++row) ids.push_back(rows.integer(row, 0));
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::vector<MapObject> PostgisStore::objects(std::span<const std::int64_t> fids) {
  const auto rows = connection_.query(
      "SELECT fid, kind, osm_id, tags::text, ST_AsBinary(geom) FROM objects "
      "WHERE fid = ANY($1::bigint[]) ORDER BY fid",
      {array_of(fids)});
  std::vector<MapObject> found;
  for (int row = 0; row < rows.rows(); ++row)
    found.push_back(stored_object(kStore,
                                  {rows.integer(row, 0), rows.bytes(row, 1), rows.integer(row, 2),
                                   rows.bytes(row, 3), rows.bytes(row, 4)},
                                  from_wkb));
  return found;
}

MapObject PostgisStore::object(std::int64_t fid) {
  std::vector<MapObject> found = objects({&fid, 1});
  if (found.empty()) fail(ErrorKind::input, "object store in PostGIS: there is no object {}", fid);
  return std::move(found.front());
}

// Who the objects are and the boxes around them, then the shapes of those that are wanted.
void PostgisStore::visit_batch(std::span<const std::int64_t> fids, const Wants& wants,
                               const Visit& visit) {
  const auto rows = connection_.query(
      "SELECT fid, kind, osm_id, tags::text, ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), "
      "ST_YMax(geom) FROM objects WHERE fid = ANY($1::bigint[]) ORDER BY fid",
      {array_of(fids)});
  std::vector<std::int64_t> wanted;
  for (int row = 0; row < rows.rows(); ++row) {
    const MapObject object = object_without_shape(
        kStore,
        {rows.integer(row, 0), rows.bytes(row, 1), rows.integer(row, 2), rows.bytes(row, 3), {}});
    const Box box{rows.real(row, 4), rows.real(row, 5), rows.real(row, 6), rows.real(row, 7)};
    if (wants(object, box)) wanted.push_back(object.fid);
  }
  if (wanted.empty()) return;
  for (const MapObject& object : objects(wanted)) visit(object);
}

void PostgisStore::for_each_in(const Box& box_lonlat, const Wants& wants, const Visit& visit) {
  const std::vector<std::int64_t> ids = ids_in(box_lonlat);
  for (std::size_t begin = 0; begin < ids.size(); begin += kBatch) {
    const std::size_t count = std::min(kBatch, ids.size() - begin);
    visit_batch(std::span(ids).subspan(begin, count), wants, visit);
  }
}

std::vector<Box> PostgisStore::boxes_lonlat(std::span<const std::int64_t> fids) {
  const auto rows = connection_.query(
      "SELECT fid, ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM objects "
      "WHERE fid = ANY($1::bigint[])",
      {array_of(fids)});
  std::unordered_map<std::int64_t, Box> known;
  for (int row = 0; row < rows.rows(); ++row)
    known[rows.integer(row, 0)] = {rows.real(row, 1), rows.real(row, 2), rows.real(row, 3),
                                   rows.real(row, 4)};
  std::vector<Box> boxes;
  for (const std::int64_t fid : fids) boxes.push_back(known[fid]);
  return boxes;
}

std::vector<StoredTag> PostgisStore::tags() {
  const auto rows = connection_.query("SELECT fid, key, value, objects FROM tags ORDER BY fid");
  std::vector<StoredTag> found;
  for (int row = 0; row < rows.rows(); ++row)
    found.push_back({rows.integer(row, 0),
                     {std::string(rows.bytes(row, 1)), std::string(rows.bytes(row, 2))},
                     rows.integer(row, 3)});
  return found;
}

std::vector<std::int64_t> PostgisStore::ids_with_tag(std::int64_t tag_id) {
  const auto rows =
      connection_.query("SELECT object FROM object_tags WHERE tag_id = $1::bigint ORDER BY object",
                        {std::to_string(tag_id)});
  std::vector<std::int64_t> ids;
  for (int row = 0; row < rows.rows(); ++row) ids.push_back(rows.integer(row, 0));
  return ids;
}

void PostgisStore::for_each_tags(const std::function<void(ObjectKind, const Tags&)>& visit) {
  std::int64_t last = 0;
  while (true) {
    const auto rows = connection_.query(
        "SELECT fid, kind, tags::text FROM objects WHERE fid > $1::bigint ORDER BY fid LIMIT 10000",
        {std::to_string(last)});
    if (rows.rows() == 0) return;
    for (int row = 0; row < rows.rows(); ++row) {
      const auto [kind, tags] = reading_row(kStore, rows.integer(row, 0), [&] {
        return std::pair(object_kind_from(rows.bytes(row, 1)), tags_from_json(rows.bytes(row, 2)));
      });
      visit(kind, tags);
    }
    last = rows.integer(rows.rows() - 1, 0);
  }
}

std::int64_t PostgisStore::size() {
  return connection_.query("SELECT count(*) FROM objects").integer(0, 0);
}

Box PostgisStore::extent_lonlat() {
  const auto rows = connection_.query(
      "SELECT min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom)) "
      "FROM objects");
  if (rows.is_null(0, 0)) return {};
  return {rows.real(0, 0), rows.real(0, 1), rows.real(0, 2), rows.real(0, 3)};
}

std::map<std::string, std::string> PostgisStore::metadata() {
  const auto rows = connection_.query("SELECT key, value FROM metadata");
  std::map<std::string, std::string> facts;
  for (int row = 0; row < rows.rows(); ++row) facts.emplace(rows.bytes(row, 0), rows.bytes(row, 1));
  return facts;
}

}  // namespace skyglot
