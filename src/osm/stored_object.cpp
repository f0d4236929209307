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

MapObject stored_object(const std::string& store, const StoredRow& row,
                        Geometry (*decode)(std::string_view)) {
  return reading_row(store, row.fid, [&] {
    const ObjectKind kind = object_kind_from(row.kind);
    Geometry shape = decode(row.shape);
    if (shape.kind != geometry_kind_of(kind) || !is_whole(shape))
      fail(ErrorKind::format, "its shape is not a whole one of kind '{}'", row.kind);
    return MapObject{row.fid, kind, row.osm_id, tags_from_json(row.tags_json), std::move(shape)};
  });
}

}  // namespace skyglot
