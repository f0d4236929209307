// SPDX-License-Identifier: Apache-2.0
// Where an import writes: a GeoPackage or PostGIS, with the same tables.
#pragma once

#include "geo/geometry.hpp"
#include "osm/map_object.hpp"
#include "osm/object_store.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace skyglot {

/// A row of the table `objects`, ready to be written.
struct SinkObject {
  std::int64_t fid = 0;
  ObjectKind kind = ObjectKind::node;
  std::int64_t osm_id = 0;
  Box box_lonlat;
  std::string_view tags_json;
  std::string_view blob;  ///< the shape as GeoPackage holds it
};

/// Takes first all objects, then the tags each followed by its objects, then the metadata, each in
/// ascending order. Nothing can be seen in the store before commit(); without it nothing stays.
class ObjectSink {
 public:
  virtual ~ObjectSink() = default;
  virtual void add_object(const SinkObject& object) = 0;
  virtual void add_tag(const StoredTag& tag) = 0;
  virtual void add_tag_object(std::int64_t tag_id, std::int64_t fid) = 0;
  virtual void add_metadata(const std::string& key, const std::string& value) = 0;
  virtual void commit() = 0;
};

/// Opens the store to write: "PG:..." or a file name. Throws Error(input) if it exists already and
/// `overwrite` is not set.
[[nodiscard]] std::unique_ptr<ObjectSink> make_object_sink(const std::string& output,
                                                           bool overwrite);

}  // namespace skyglot
