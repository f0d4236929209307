// SPDX-License-Identifier: Apache-2.0
// The object store read from a GeoPackage.
#pragma once

#include "geo/sqlite.hpp"
#include "osm/object_store.hpp"

#include <filesystem>

namespace skyglot {

/// See docs/file-formats/objects.md for the tables.
class GpkgStore : public ObjectStore {
 public:
  explicit GpkgStore(const std::filesystem::path& path);
  void for_each_in(const Box& box_lonlat, const std::function<void(MapObject&&)>& visit) override;
  std::vector<std::int64_t> ids_in(const Box& box_lonlat) override;
  MapObject object(std::int64_t fid) override;
  std::vector<StoredTag> tags() override;
  std::vector<std::int64_t> ids_with_tag(std::int64_t tag_id) override;
  void for_each_tags(const std::function<void(ObjectKind, const Tags&)>& visit) override;
  std::int64_t size() override;
  Box extent_lonlat() override;
  std::map<std::string, std::string> metadata() override;

 private:
  std::filesystem::path path_;
  Database database_;
  Statement object_;
  Statement in_box_;
};

}  // namespace skyglot
