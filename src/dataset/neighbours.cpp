// SPDX-License-Identifier: Apache-2.0
#include "dataset/neighbours.hpp"

#include "geo/overlay.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

namespace skyglot {
namespace {

constexpr double kLineWidthPx = 5;
constexpr double kPointAreaPx = 100;
// Shapes of more corners are cut to the tile's surroundings before they are moved into its plane.
constexpr std::size_t kManyCorners = 256;

struct Neighbour {
  double weight = 0;
  ObjectKind kind = ObjectKind::node;
  std::int64_t osm_id = 0;
  Tags tags;
};

// Weight in pixels of the picture, 0 if too little shows.
double weigh(const Geometry& shape_px, const NeighbourQuery& query) {
  const double amount = shown_amount(shape_px, query.tile);
  if (shape_px.kind == GeometryKind::point) return amount * kPointAreaPx;
  if (shape_px.kind == GeometryKind::line) return amount < query.min_px ? 0 : amount * kLineWidthPx;
  return std::sqrt(amount) < query.min_px ? 0 : amount;
}

// Of a large shape the part that lies around the tile is enough.
std::optional<Geometry> in_plane(const MapObject& object, const Box& box,
                                 const NeighbourQuery& query) {
  const Geometry& shape = object.geometry_lonlat;
  if (shape.point_count() <= kManyCorners) return query.plane.from_lonlat(shape);
  const Box& tile = query.tile_lonlat;
  const Box around = grown(tile, 0.1 * std::max(tile.width(), tile.height()));
  return query.plane.from_lonlat(query.large.within(object.fid, shape, box, around));
}

}  // namespace

double shown_amount(const Geometry& shape_px, const PixelWindow& tile) {
  const Box box{static_cast<double>(tile.x), static_cast<double>(tile.y),
                static_cast<double>(tile.x + tile.width),
                static_cast<double>(tile.y + tile.height)};
  if (shape_px.kind == GeometryKind::point) return overlaps(shape_px, box) ? 1 : 0;
  if (shape_px.kind == GeometryKind::line) return length_within(shape_px, box);
  return area_within(shape_px, box);
}

std::vector<Tags> find_neighbours(ObjectStore& store, const VisibilityTable& visibility,
                                  const NeighbourQuery& query) {
  std::vector<Neighbour> found;
  const auto told = [&](const MapObject& object) {
    return visibility.visible_at(object.tags, query.plane.gsd_m());
  };
  std::map<std::int64_t, Box> boxes;
  store.for_each_in(
      query.tile_lonlat,
      [&](const MapObject& object, const Box& box) {
        const bool focus = object.kind == query.focus.kind && object.osm_id == query.focus.osm_id;
        const bool wanted = !focus && !told(object).empty();
        if (wanted) boxes[object.fid] = box;
        return wanted;
      },
      [&](const MapObject& object) {
        const auto shape = in_plane(object, boxes.at(object.fid), query);
        const double weight = shape ? weigh(*shape, query) : 0;
        if (weight > 0) found.push_back({weight, object.kind, object.osm_id, told(object)});
      });
  std::ranges::sort(found, {},
                    [](const Neighbour& n) { return std::tuple(-n.weight, n.kind, n.osm_id); });
  std::vector<Tags> result;
  for (Neighbour& neighbour : found) result.push_back(std::move(neighbour.tags));
  return result;
}

}  // namespace skyglot
