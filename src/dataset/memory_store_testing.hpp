// SPDX-License-Identifier: Apache-2.0
// An object store in memory for tests, which counts the shapes that are asked for.
#pragma once

#include "geo/geometry.hpp"
#include "osm/object_store.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace skyglot::testing_support {

/// Objects by fid - 1; the fids are 1, 2, ... Shared by the stores that are opened on it.
struct MemoryMap {
  std::vector<MapObject> objects;
  mutable std::atomic<std::size_t> shapes_read = 0;
  mutable std::atomic<std::size_t> boxes_asked = 0;

  MapObject& add(ObjectKind kind, Tags tags, Geometry shape) {
    const auto fid = static_cast<std::int64_t>(objects.size()) + 1;
    objects.push_back({fid, kind, 1000 + fid, std::move(tags), std::move(shape)});
    return objects.back();
  }
};

class MemoryStore : public ObjectStore {
 public:
  explicit MemoryStore(const MemoryMap& map) : map_(map) {}

  using ObjectStore::for_each_in;
  void for_each_in(const Box& box, const Wants& wants, const Visit& visit) override {
    ++map_.boxes_asked;
    for (const std::int64_t fid : ids_in(box)) {
      const MapObject& found = at(fid);
      MapObject shapeless{found.fid, found.kind, found.osm_id, found.tags, {}};
      if (!wants(shapeless, bounding_box(found.geometry_lonlat))) continue;
      ++map_.shapes_read;
      visit(found);
    }
  }
  std::vector<std::int64_t> ids_in(const Box& box) override {
    std::vector<std::int64_t> ids;
    for (const MapObject& object : map_.objects)
      for (const double turn : {-360.0, 0.0, 360.0})
        if (intersects(shifted(box, turn, 0), bounding_box(object.geometry_lonlat))) {
          ids.push_back(object.fid);
          break;
        }
    return ids;
  }
  std::vector<Box> boxes_lonlat(std::span<const std::int64_t> fids) override {
    std::vector<Box> boxes;
    for (const std::int64_t fid : fids) boxes.push_back(bounding_box(at(fid).geometry_lonlat));
    return boxes;
  }
  MapObject object(std::int64_t fid) override {
    ++map_.shapes_read;
    return at(fid);
  }
  std::vector<StoredTag> tags() override {
    std::map<Tag, std::int64_t> counts;
    for (const MapObject& object : map_.objects)
      for (const Tag& tag : object.tags) ++counts[tag];
    std::vector<StoredTag> list;
    for (const auto& [tag, count] : counts)
      list.push_back({static_cast<std::int64_t>(list.size()) + 1, tag, count});
    return list;
  }
  std::vector<std::int64_t> ids_with_tag(std::int64_t tag_id) override {
    const Tag tag = tags().at(static_cast<std::size_t>(tag_id - 1)).tag;
    std::vector<std::int64_t> ids;
    for (const MapObject& object : map_.objects)
      if (std::ranges::find(object.tags, tag) != object.tags.end()) ids.push_back(object.fid);
    return ids;
  }
  void for_each_tags(const std::function<void(ObjectKind, const Tags&)>& visit) override {
    for (const MapObject& object : map_.objects) visit(object.kind, object.tags);
  }
  std::int64_t size() override { return static_cast<std::int64_t>(map_.objects.size()); }
  Box extent_lonlat() override {
    Box extent;
    for (const MapObject& object : map_.objects) extent.add(bounding_box(object.geometry_lonlat));
    return extent;
  }
  std::map<std::string, std::string> metadata() override { return {}; }

 private:
  [[nodiscard]] const MapObject& at(std::int64_t fid) const {
    return map_.objects.at(static_cast<std::size_t>(fid - 1));
  }
  const MemoryMap& map_;
};

}  // namespace skyglot::testing_support
