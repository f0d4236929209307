// SPDX-License-Identifier: Apache-2.0
// Where the tiles lie: their outlines while they are few, counts in cells when they are many.
#pragma once

#include "geo/cells.hpp"
#include "records/pair_record.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace skyglot {

struct MapTile {
  std::vector<Point> corners_lonlat;
  std::string collection;
  Split split = Split::train;
};

/// Tiles counted in cells of a longitude-latitude grid (see geo/cells.hpp).
struct DensityGrid {
  double cell_deg = 0.0005;
  std::map<Cell, std::uint64_t> tiles;

  /// The same counts in cells twice as wide.
  void coarsen();
};

/// Collects tiles in bounded memory: at most `max_outlines` outlines (none past that) and 20,000
/// cells, which double in width whenever there are more. Results do not depend on the order.
class TileMap {
 public:
  explicit TileMap(std::size_t max_outlines) : max_outlines_(max_outlines) {}

  void add(const PairRecord& record);
  [[nodiscard]] std::uint64_t tile_count() const { return tile_count_; }
  /// Empty if there were too many.
  [[nodiscard]] const std::vector<MapTile>& outlines() const { return outlines_; }
  [[nodiscard]] const DensityGrid& density() const { return density_; }

 private:
  std::size_t max_outlines_;
  std::uint64_t tile_count_ = 0;
  std::vector<MapTile> outlines_;
  DensityGrid density_;
};

/// Places that lie apart: tiles less than about half a degree from the next belong together.
struct Place {
  Box box_lonlat;  ///< of the tiles' corners
  std::vector<const MapTile*> tiles;
};
/// Largest first. Longitudes are those of unwrapped_tiles().
[[nodiscard]] std::vector<Place> places_of(const std::vector<MapTile>& tiles);

/// The west end for maps of these longitudes: the middle of the widest gap between them, so that a
/// data set on both sides of the antimeridian is drawn in one piece.
[[nodiscard]] double west_end(std::vector<double> longitudes);
/// `tiles` with longitudes from west_end() on.
[[nodiscard]] std::vector<MapTile> unwrapped_tiles(std::vector<MapTile> tiles);

}  // namespace skyglot
