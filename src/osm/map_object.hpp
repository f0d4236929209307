// SPDX-License-Identifier: Apache-2.0
// One object of the map: what it is, where it is, and its tags.
#pragma once

#include "base/tag.hpp"
#include "geo/geometry.hpp"

#include <cstdint>
#include <string>

namespace skyglot {

enum class ObjectKind : char { node = 'n', way = 'w', area = 'a' };

/// An OpenStreetMap object. Areas that come from a relation carry the relation's id negated (the
/// convention of osm2pgsql), so that kind and osm_id together name an object.
struct MapObject {
  std::int64_t fid = 0;  ///< row in the object store
  ObjectKind kind = ObjectKind::node;
  std::int64_t osm_id = 0;
  Tags tags;
  Geometry geometry_lonlat;  ///< point, line, or polygons
};

/// "a198234555": how the object is called in file names.
[[nodiscard]] inline std::string object_key(ObjectKind kind, std::int64_t osm_id) {
  return static_cast<char>(kind) + std::to_string(osm_id);
}

}  // namespace skyglot
