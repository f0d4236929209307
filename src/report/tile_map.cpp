// SPDX-License-Identifier: Apache-2.0
#include "report/tile_map.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

constexpr std::size_t kMostCells = 20'000;
constexpr double kPlaceDeg = 0.25;

// The corners of a box whose sides were cut into equal pieces; other rings as they are.
std::vector<Point> corners_of(const Geometry& outline) {
  if (outline.parts.empty() || outline.parts[0].empty()) return {};
  const Path& ring = outline.parts[0][0];
  if (ring.size() < 5 || (ring.size() - 1) % 4 != 0) return ring;
  std::vector<Point> corners;
  for (std::size_t i = 0; i + 1 < ring.size(); i += (ring.size() - 1) / 4)
    corners.push_back(ring[i]);
  return corners;
}

Box box_of(const MapTile& tile) {
  Box box;
  for (const Point corner : tile.corners_lonlat) box.add(corner);
  return box;
}

// Takes the cell and all that touch it, directly or through others, out of `cells`.
std::vector<std::size_t> take_connected(std::map<Cell, std::vector<std::size_t>>& cells) {
  std::vector<Cell> todo{cells.begin()->first};
  std::vector<std::size_t> members;
  while (!todo.empty()) {
    const Cell cell = todo.back();
    todo.pop_back();
    const auto found = cells.find(cell);
    if (found == cells.end()) continue;
    members.insert(members.end(), found->second.begin(), found->second.end());
    cells.erase(found);
    for (int dx = -1; dx <= 1; ++dx)
      for (int dy = -1; dy <= 1; ++dy) todo.push_back({cell.column + dx, cell.row + dy});
  }
  std::ranges::sort(members);
  return members;
}

Cell plain_cell(Point lonlat, double cell_deg) {
  return {static_cast<std::int32_t>(std::floor((lonlat.x + 180) / cell_deg)),
          static_cast<std::int32_t>(std::floor((lonlat.y + 90) / cell_deg))};
}

double shift_east_of(double longitude, double west) {
  return -360.0 * std::floor((longitude - west) / 360.0);
}

}  // namespace

void DensityGrid::coarsen() {
  std::map<Cell, std::uint64_t> wide;
  for (const auto& [cell, count] : tiles) wide[{cell.column / 2, cell.row / 2}] += count;
  tiles = std::move(wide);
  cell_deg *= 2;
}

void TileMap::add(const PairRecord& record) {
  ++tile_count_;
  const Box box = bounding_box(record.outline_lonlat);
  const Point centre = box.empty() ? record.centre_lonlat : box.centre();
  ++density_.tiles[cell_at(centre, density_.cell_deg)];
  while (density_.tiles.size() > kMostCells) density_.coarsen();
  if (tile_count_ > max_outlines_)
    outlines_.clear();
  else if (!box.empty())
    outlines_.push_back({corners_of(record.outline_lonlat), record.collection, record.split});
}

std::vector<Place> places_of(const std::vector<MapTile>& tiles) {
  std::map<Cell, std::vector<std::size_t>> cells;
  for (std::size_t i = 0; i < tiles.size(); ++i)
    cells[plain_cell(box_of(tiles[i]).centre(), kPlaceDeg)].push_back(i);
  std::vector<Place> places;
  while (!cells.empty()) {
    Place place;
    for (const std::size_t i : take_connected(cells)) {
      place.tiles.push_back(&tiles[i]);
      place.box_lonlat.add(box_of(tiles[i]));
    }
    places.push_back(std::move(place));
  }
  std::ranges::stable_sort(places, std::greater(), [](const Place& p) { return p.tiles.size(); });
  return places;
}

double west_end(std::vector<double> longitudes) {
  if (longitudes.empty()) return -180;
  for (double& x : longitudes) x -= 360.0 * std::floor((x + 180) / 360.0);
  std::ranges::sort(longitudes);
  double best_gap = longitudes.front() + 360 - longitudes.back();
  double west = -180;  // the widest gap holds the antimeridian: nothing to unwrap
  for (std::size_t i = 1; i < longitudes.size(); ++i) {
    const double gap = longitudes[i] - longitudes[i - 1];
    if (gap <= best_gap) continue;
    best_gap = gap;
    west = longitudes[i - 1] + gap / 2;
  }
  return west;
}

std::vector<MapTile> unwrapped_tiles(std::vector<MapTile> tiles) {
  std::vector<double> longitudes;
  for (const MapTile& tile : tiles) longitudes.push_back(box_of(tile).centre().x);
  const double west = west_end(longitudes);
  for (MapTile& tile : tiles) {
    const double shift = shift_east_of(box_of(tile).centre().x, west);
    for (Point& corner : tile.corners_lonlat) corner.x += shift;
  }
  return tiles;
}

}  // namespace skyglot
