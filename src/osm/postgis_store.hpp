// SPDX-License-Identifier: Apache-2.0
// The object store read from PostGIS.
#pragma once

#include "osm/object_store.hpp"
#include "osm/postgres.hpp"

#include <span>

namespace skyglot {

/// The tables that PostgisSink writes; see docs/file-formats/objects.md.
class PostgisStore : public ObjectStore {
 public:
  explicit PostgisStore(const PostgresName& name);
  using ObjectStore::for_each_in;
  void for_each_in(const Box& box_lonlat, const Wants& wants, const Visit& visit) override;
  std::vector<std::int64_t> ids_in(const Box& box_lonlat) override;
  std::vector<Box> boxes_lonlat(std::span<const std::int64_t> fids) override;
  MapObject object(std::int64_t fid) override;
  std::vector<StoredTag> tags() override;
  std::vector<std::int64_t> ids_with_tag(std::int64_t tag_id) override;
  void for_each_tags(const std::function<void(ObjectKind, const Tags&)>& visit) override;
  std::int64_t size() override;
  Box extent_lonlat() override;
  std::map<std::string, std::string> metadata() override;

 private:
  [[nodiscard]] std::vector<MapObject> objects(std::span<const std::int64_t> fids);
  void visit_batch(std::span<const std::int64_t> fids, const Wants& wants, const Visit& visit);

  Postgres connection_;
};

}  // namespace skyglot
