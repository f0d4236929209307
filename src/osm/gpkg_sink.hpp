// SPDX-License-Identifier: Apache-2.0
// The object store written as a GeoPackage.
#pragma once

#include "base/atomic_file.hpp"
#include "geo/geopackage.hpp"
#include "osm/object_sink.hpp"

#include <optional>

namespace skyglot {

/// See docs/file-formats/objects.md for the tables.
class GpkgSink : public ObjectSink {
 public:
  explicit GpkgSink(const std::filesystem::path& path);
  void add_object(const SinkObject& object) override;
  void add_tag(const StoredTag& tag) override;
  void add_tag_object(std::int64_t tag_id, std::int64_t fid) override;
  void add_metadata(const std::string& key, const std::string& value) override;
  void commit() override;

 private:
  struct Inserts {
    Statement object;
    Statement tag;
    IntegerInsert tag_object;
    Statement metadata;
  };
  PendingPath pending_;  // outlives the database, whose file it removes
  std::optional<GeoPackageWriter> writer_;
  std::optional<Inserts> inserts_;
  std::int64_t metadata_rows_ = 0;
};

}  // namespace skyglot
