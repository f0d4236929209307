// SPDX-License-Identifier: Apache-2.0
#include "osm/gpkg_sink.hpp"

#include <string_view>

namespace skyglot {
namespace {

void add_tables(GeoPackageWriter& writer) {
  writer.add_table({"objects",
                    "OpenStreetMap objects (c) OpenStreetMap contributors, ODbL 1.0",
                    "GEOMETRY",
                    {{"kind", "TEXT"}, {"osm_id", "INTEGER"}, {"tags", "TEXT"}}});
  writer.add_table({"tags",
                    "Every tag once; fid is the id that object_tags uses",
                    "",
                    {{"key", "TEXT"}, {"value", "TEXT"}, {"objects", "INTEGER"}}});
  writer.add_table(
      {"metadata", "Where the objects come from", "", {{"key", "TEXT"}, {"value", "TEXT"}}});
  // Clustered by tag: one range read gives all objects of a tag, without a second copy of the
  // pairs in an index.
  writer.database().execute(
      "CREATE TABLE object_tags (tag_id INTEGER NOT NULL, object INTEGER NOT NULL, "
      "PRIMARY KEY (tag_id, object)) WITHOUT ROWID");
}

}  // namespace

GpkgSink::GpkgSink(const std::filesystem::path& path) : pending_(path) {
  writer_.emplace(pending_.path());
  add_tables(*writer_);
  inserts_.emplace(Inserts{writer_->insert_into("objects"), writer_->insert_into("tags"),
                           IntegerInsert(writer_->database(), "object_tags", 2),
                           writer_->insert_into("metadata")});
}

void GpkgSink::add_object(const SinkObject& object) {
  const char kind = static_cast<char>(object.kind);
  Statement& insert = inserts_->object;
  insert.bind(1, object.fid).bind_blob(2, object.blob).bind(3, std::string_view(&kind, 1));
  insert.bind(4, object.osm_id).bind(5, object.tags_json).run();
  writer_->add_extent("objects", object.fid, object.box_lonlat);
}

void GpkgSink::add_tag(const StoredTag& tag) {
  inserts_->tag.bind(1, tag.id).bind(2, tag.tag.key).bind(3, tag.tag.value);
  inserts_->tag.bind(4, tag.objects).run();
}

void GpkgSink::add_tag_object(std::int64_t tag_id, std::int64_t fid) {
  inserts_->tag_object.add({tag_id, fid});
}

void GpkgSink::add_metadata(const std::string& key, const std::string& value) {
  inserts_->metadata.bind(1, ++metadata_rows_).bind(2, key).bind(3, value).run();
}

void GpkgSink::commit() {
  inserts_->tag_object.flush();
  inserts_.reset();
  writer_->database().execute("CREATE UNIQUE INDEX tags_by_key_value ON tags(key, value)");
  writer_->close();
  writer_.reset();
  pending_.commit();
}

}  // namespace skyglot
