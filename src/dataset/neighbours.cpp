// SPDX-License-Identifier: Apache-2.0
#include "dataset/neighbours.hpp"

#include "geo/overlay.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace skyglot {
namespace {

constexpr double kLineWidthPx = 5;
constexpr double kPointAreaPx = 100;

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
  store.for_each_in(query.tile_lonlat, [&](MapObject&& object) {
    if (object.kind == query.focus.kind && object.osm_id == query.focus.osm_id) return;
    Tags tags = visibility.visible_at(object.tags, query.plane.gsd_m());
    if (tags.empty()) return;
    const auto shape = query.plane.from_lonlat(object.geometry_lonlat);
    const double weight = shape ? weigh(*shape, query) : 0;
    if (weight > 0) found.push_back({weight, object.kind, object.osm_id, std::move(tags)});
  });
  std::ranges::sort(found, {},
                    [](const Neighbour& n) { return std::tuple(-n.weight, n.kind, n.osm_id); });
  std::vector<Tags> result;
  for (Neighbour& neighbour : found) result.push_back(std::move(neighbour.tags));
  return result;
}

}  // namespace skyglot
