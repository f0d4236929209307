// SPDX-License-Identifier: Apache-2.0
// The object store: map objects with a spatial index, a tag dictionary and a tag-to-object index.
#pragma once

#include "osm/map_object.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// One entry of the tag dictionary.
struct StoredTag {
  std::int64_t id = 0;
  Tag tag;
  std::int64_t objects = 0;  ///< how many objects carry it
};

/// Reads an object store. Results come in ascending fid order, which is the same for every store
/// made from the same input. Not for use by two threads at once: each thread opens its own.
class ObjectStore {
 public:
  /// A GeoPackage made by `skyglot objects import`, or "PG:..." for PostGIS. Throws Error(input) or
  /// Error(format) if it is something else.
  [[nodiscard]] static std::unique_ptr<ObjectStore> open(const std::string& name);
  virtual ~ObjectStore() = default;

  /// Sees an object without its shape, and the box around it (edges may be rounded outwards to
  /// single precision).
  using Wants = std::function<bool(const MapObject& shapeless, const Box& box_lonlat)>;
  using Visit = std::function<void(const MapObject&)>;
  /// Every object whose bounding box meets `box_lonlat` and which `wants` asks for; the shapes of
  /// the others are neither read nor decoded. The longitudes of the box may pass 180 or -180,
  /// objects are then found on the other side of the antimeridian with their own longitudes.
  virtual void for_each_in(const Box& box_lonlat, const Wants& wants, const Visit& visit) = 0;
  /// All of them.
  void for_each_in(const Box& box_lonlat, const Visit& visit);
  /// Fids of the objects whose bounding box meets `box_lonlat`.
  [[nodiscard]] virtual std::vector<std::int64_t> ids_in(const Box& box_lonlat) = 0;
  /// The boxes around some objects (edges as above), in the order of `fids`; empty for an object
  /// that the spatial index does not know.
  [[nodiscard]] virtual std::vector<Box> boxes_lonlat(std::span<const std::int64_t> fids) = 0;
  /// Throws Error(input) if there is no such row.
  [[nodiscard]] virtual MapObject object(std::int64_t fid) = 0;
  /// The tag dictionary by id.
  [[nodiscard]] virtual std::vector<StoredTag> tags() = 0;
  /// Fids of the objects that carry a tag.
  [[nodiscard]] virtual std::vector<std::int64_t> ids_with_tag(std::int64_t tag_id) = 0;
  /// Tags of every object, without the shapes.
  virtual void for_each_tags(const std::function<void(ObjectKind, const Tags&)>& visit) = 0;
  [[nodiscard]] virtual std::int64_t size() = 0;
  /// Empty if there are no objects.
  [[nodiscard]] virtual Box extent_lonlat() = 0;
  /// Facts about the import: "input", "input_sha256", "osm_timestamp", "skyglot", counts by
  /// reason...
  [[nodiscard]] virtual std::map<std::string, std::string> metadata() = 0;
};

}  // namespace skyglot
