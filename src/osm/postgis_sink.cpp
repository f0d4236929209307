// SPDX-License-Identifier: Apache-2.0
#include "osm/postgis_sink.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "geo/geopackage.hpp"

#include <string_view>

namespace skyglot {
namespace {

// '@' stands for the schema being filled.
constexpr const char* kTables = R"sql(
CREATE SCHEMA @;
CREATE TABLE @.objects (fid bigint NOT NULL, geom geometry(Geometry, 4326) NOT NULL,
  kind text NOT NULL, osm_id bigint NOT NULL, tags jsonb NOT NULL);
CREATE TABLE @.tags (fid bigint NOT NULL, key text NOT NULL, value text NOT NULL,
  objects bigint NOT NULL);
CREATE TABLE @.object_tags (tag_id bigint NOT NULL, object bigint NOT NULL);
CREATE TABLE @.metadata (fid bigint PRIMARY KEY, key text NOT NULL, value text NOT NULL);
)sql";

// After the rows: many times faster than keeping them up to date. A hash index takes keys of any
// length.
constexpr const char* kIndexes = R"sql(
ALTER TABLE @.objects ADD PRIMARY KEY (fid);
CREATE INDEX objects_geom ON @.objects USING gist (geom);
ALTER TABLE @.tags ADD PRIMARY KEY (fid);
CREATE INDEX tags_key ON @.tags USING hash (key);
ALTER TABLE @.object_tags ADD PRIMARY KEY (tag_id, object);
)sql";

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    text.push_back(kDigits[static_cast<std::uint8_t>(c) >> 4]);
    text.push_back(kDigits[static_cast<std::uint8_t>(c) & 15]);
  }
  return text;
}

// Extended WKB in hexadecimal: byte order, type with the SRID flag, SRID 4326, the rest.
std::string hex_ewkb(std::string_view wkb) {
  std::string head(wkb.substr(0, 5));
  head[4] = static_cast<char>(static_cast<std::uint8_t>(head[4]) | 0x20);
  head.append({'\xE6', '\x10', 0, 0});
  return hex(head) + hex(wkb.substr(5));
}

}  // namespace

PostgisSink::PostgisSink(const PostgresName& name, bool overwrite)
    : schema_(name.schema), connection_(name.connection) {
  connection_.execute("BEGIN");
  refuse_existing(overwrite);
  connection_.execute("CREATE EXTENSION IF NOT EXISTS postgis");
  connection_.execute(with_schema(kTables));
}

std::string PostgisSink::with_schema(const char* sql) const {
  return replace_all(sql, "@", "\"" + schema_ + "_new\"");
}

void PostgisSink::refuse_existing(bool overwrite) {
  const auto found = connection_.query(
      "SELECT (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN "
      "('r', 'v', 'm', 'p', 'f', 'S') AND c.relname NOT IN "
      "('objects', 'tags', 'object_tags', 'metadata')) FROM pg_namespace n WHERE n.nspname = $1",
      {schema_});
  if (found.rows() == 0) return;
  if (!overwrite)
    fail(ErrorKind::input,
         "the schema {} exists already; choose another with schema=NAME or give --overwrite",
         schema_);
  if (found.integer(0, 0) > 0)
    fail(ErrorKind::input,
         "the schema {} holds tables that are not an object store's and is not replaced; choose "
         "another with schema=NAME",
         schema_);
}

void PostgisSink::switch_to(Copying what) {
  if (copying_ == what) return;
  if (copying_ != Copying::nothing) connection_.end_copy();
  copying_ = what;
  if (what == Copying::objects)
    connection_.begin_copy(with_schema("COPY @.objects(fid, geom, kind, osm_id, tags) FROM STDIN"));
  if (what == Copying::object_tags)
    connection_.begin_copy(with_schema("COPY @.object_tags(tag_id, object) FROM STDIN"));
}

void PostgisSink::add_object(const SinkObject& object) {
  switch_to(Copying::objects);
  const char kind = static_cast<char>(object.kind);
  connection_.copy_row({std::to_string(object.fid), hex_ewkb(wkb_of_gpkg(object.blob)),
                        std::string_view(&kind, 1), std::to_string(object.osm_id),
                        object.tags_json});
}

void PostgisSink::add_tag(const StoredTag& tag) {
  tags_.push_back(tag);
}

void PostgisSink::add_tag_object(std::int64_t tag_id, std::int64_t fid) {
  switch_to(Copying::object_tags);
  connection_.copy_row({std::to_string(tag_id), std::to_string(fid)});
}

void PostgisSink::add_metadata(const std::string& key, const std::string& value) {
  metadata_.emplace_back(key, value);
}

void PostgisSink::write_tags() {
  connection_.begin_copy(with_schema("COPY @.tags(fid, key, value, objects) FROM STDIN"));
  for (const StoredTag& tag : tags_)
    connection_.copy_row(
        {std::to_string(tag.id), tag.tag.key, tag.tag.value, std::to_string(tag.objects)});
  connection_.end_copy();
}

void PostgisSink::write_metadata() {
  connection_.begin_copy(with_schema("COPY @.metadata(fid, key, value) FROM STDIN"));
  std::int64_t row = 0;
  for (const auto& [key, value] : metadata_)
    connection_.copy_row({std::to_string(++row), key, value});
  connection_.end_copy();
}

void PostgisSink::commit() {
  switch_to(Copying::nothing);
  write_tags();
  write_metadata();
  connection_.execute(with_schema(kIndexes));
  connection_.execute("DROP SCHEMA IF EXISTS \"" + schema_ + "\" CASCADE");
  connection_.execute(with_schema("ALTER SCHEMA @ RENAME TO ") + "\"" + schema_ + "\"");
  connection_.execute("COMMIT");
}

}  // namespace skyglot
