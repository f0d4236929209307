// SPDX-License-Identifier: Apache-2.0
// Maps of the tiles: outlines in the colours of a legend, or how many lie in each cell.
#pragma once

#include "page/svg.hpp"
#include "report/tile_map.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skyglot {

/// Tiles drawn alike; tone picks the colour and the dashes of report.css.
struct MapLayer {
  std::size_t tone = 0;
  std::vector<const MapTile*> tiles;
};

/// Outlines; a tile smaller than two pixels is drawn as a dot of that size.
[[nodiscard]] std::string draw_tiles(const FigureText& text, const Box& box_lonlat,
                                     const std::vector<MapLayer>& layers);
/// All places at once, each a lettered disc: A is the largest.
[[nodiscard]] std::string draw_places(const FigureText& text, const std::vector<Place>& places);

struct DensityMap {
  std::string svg;
  double cell_deg = 0;                 ///< side of the cells that were drawn
  std::vector<std::uint64_t> classes;  ///< least count of each shade, lightest first
};
[[nodiscard]] DensityMap draw_density(const FigureText& text, DensityGrid grid);

}  // namespace skyglot
