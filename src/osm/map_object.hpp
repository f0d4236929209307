// SPDX-License-Identifier: Apache-2.0
// One object of the map: what it is, where it is, and its tags.
#pragma once

#include "base/object_kind.hpp"
#include "base/tag.hpp"
#include "geo/geometry.hpp"

#include <cstdint>

namespace skyglot {

/// An OpenStreetMap object. Areas that come from a relation carry the relation's id negated (the
/// convention of osm2pgsql), so that kind and osm_id together name an object.
struct MapObject {
  std::int64_t fid = 0;  ///< row in the object store
  ObjectKind kind = ObjectKind::node;
  std::int64_t osm_id = 0;
  Tags tags;
  Geometry geometry_lonlat;  ///< point, line, or polygons
};

}  // namespace skyglot
