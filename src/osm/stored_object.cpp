// SPDX-License-Identifier: Apache-2.0
#include "osm/stored_object.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace skyglot {
namespace {

GeometryKind geometry_kind_of(ObjectKind kind) {
  if (kind == ObjectKind::node) return GeometryKind::point;
  return kind == ObjectKind::way ? GeometryKind::line : GeometryKind::polygon;
}

bool is_whole(const Geometry& geometry) {
  const std::size_t least = geometry.kind == GeometryKind::point  ? 1
                            : geometry.kind == GeometryKind::line ? 2
                                                                  : 4;
  const auto finite = [](const Point& p) { return std::isfinite(p.x) && std::isfinite(p.y); };
  const auto is_path = [&](const Path& path) {
    return path.size() >= least && std::ranges::all_of(path, finite);
  };
  const auto is_part = [&](const std::vector<Path>& paths) {
    return !paths.empty() && std::ranges::all_of(paths, is_path);
  };
  return !geometry.parts.empty() && std::ranges::all_of(geometry.parts, is_part);
}

}  // namespace

ObjectKind object_kind_from(std::string_view text) {
  if (text == "n") return ObjectKind::node;
  if (text == "w") return ObjectKind::way;
  if (text == "a") return ObjectKind::area;
  fail(ErrorKind::format, "unknown kind of object '{}'", text);
}

MapObject object_without_shape(const std::string& store, const StoredRow& row) {
  return reading_row(store, row.fid, [&] {
    return MapObject{row.fid, object_kind_from(row.kind), row.osm_id, tags_from_json(row.tags_json),
                     Geometry{}};
  });
}

Geometry stored_shape(const std::string& store, const MapObject& object, std::string_view bytes,
                      Geometry (*decode)(std::string_view)) {
  return reading_row(store, object.fid, [&] {
    Geometry shape = decode(bytes);
    if (shape.kind != geometry_kind_of(object.kind) || !is_whole(shape))
      fail(ErrorKind::format, "its shape is not a whole one of kind '{}'",
           static_cast<char>(object.kind));
    return shape;
  });
}

MapObject stored_object(const std::string& store, const StoredRow& row,
                        Geometry (*decode)(std::string_view)) {
  MapObject object = object_without_shape(store, row);
  object.geometry_lonlat = stored_shape(store, object, row.shape, decode);
  return object;
}

}  // namespace skyglot
