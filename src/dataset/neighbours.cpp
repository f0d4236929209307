// SPDX-License-Identifier: Apache-2.0
#include "dataset/neighbours.hpp"

#include "geo/overlay.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
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

// The part of a large shape that lies around the tile; its own longitudes may be a turn away.
Geometry around_tile(const Geometry& shape, const Box& tile_lonlat) {
  const Box around = grown(tile_lonlat, 0.1 * std::max(tile_lonlat.width(), tile_lonlat.height()));
  Geometry part{shape.kind, {}};
  for (const double turn : {-360.0, 0.0, 360.0})
    std::ranges::move(clipped(shape, shifted(around, turn, 0)).parts,
                      std::back_inserter(part.parts));
  return part;
}

std::optional<Geometry> in_plane(const Geometry& shape, const NeighbourQuery& query) {
  return shape.point_count() > kManyCorners
             ? query.plane.from_lonlat(around_tile(shape, query.tile_lonlat))
             : query.plane.from_lonlat(shape);
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
  store.for_each_in(
      query.tile_lonlat,
      [&](const MapObject& object, const Box&) {
        const bool focus = object.kind == query.focus.kind && object.osm_id == query.focus.osm_id;
        return !focus && !told(object).empty();
      },
      [&](const MapObject& object) {
        const auto shape = in_plane(object.geometry_lonlat, query);
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
