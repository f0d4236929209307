// SPDX-License-Identifier: Apache-2.0
// The object store read from a GeoPackage.
#pragma once

#include "geo/sqlite.hpp"
#include "osm/object_store.hpp"

#include <filesystem>
#include <unordered_map>

namespace skyglot {

/// See docs/file-formats/objects.md for the tables.
class GpkgStore : public ObjectStore {
 public:
  explicit GpkgStore(const std::filesystem::path& path);
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
  // The row before its shape is read; large shapes, and the rows they belong to, stay at hand,
  // since a lake lies under many tiles.
  struct Large {
    MapObject object;
    bool decoded = false;
  };
  [[nodiscard]] MapObject shapeless(std::int64_t fid, std::int64_t& shape_bytes);
  [[nodiscard]] Geometry shape_of(const MapObject& object);
  void visit_if_wanted(std::int64_t fid, const Wants& wants, const Visit& visit);
  void visit_large(Large& large, const Box& box, const Wants& wants, const Visit& visit);
  [[nodiscard]] Box box_of(std::int64_t fid);

  std::filesystem::path path_;
  Database database_;
  Statement object_;
  Statement head_;
  Statement shape_;
  Statement in_box_;
  Statement box_;
  std::unordered_map<std::int64_t, Large> large_;
  std::int64_t large_bytes_ = 0;
};

}  // namespace skyglot
