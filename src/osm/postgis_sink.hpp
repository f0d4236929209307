// SPDX-License-Identifier: Apache-2.0
// The object store written into PostGIS.
#pragma once

#include "osm/object_sink.hpp"
#include "osm/postgres.hpp"

#include <utility>
#include <vector>

namespace skyglot {

/// COPY through libpq rather than GDAL's driver: it alone keeps all tables, their indexes and the
/// change of names in one transaction, so that a failed import leaves nothing and readers see the
/// old store until the new one is whole.
class PostgisSink : public ObjectSink {
 public:
  /// Throws Error(input) if the schema exists and `overwrite` is not set, or holds anything that
  /// is not an object store's.
  PostgisSink(const PostgresName& name, bool overwrite);
  void add_object(const SinkObject& object) override;
  void add_tag(const StoredTag& tag) override;
  void add_tag_object(std::int64_t tag_id, std::int64_t fid) override;
  void add_metadata(const std::string& key, const std::string& value) override;
  void commit() override;

 private:
  enum class Copying { nothing, objects, object_tags };
  void refuse_existing(bool overwrite);
  void switch_to(Copying what);
  void write_tags();
  void write_metadata();
  [[nodiscard]] std::string with_schema(const char* sql) const;

  std::string schema_;
  Postgres connection_;
  Copying copying_ = Copying::nothing;
  // One COPY at a time: these two are small and wait for the end.
  std::vector<StoredTag> tags_;
  std::vector<std::pair<std::string, std::string>> metadata_;
};

}  // namespace skyglot
