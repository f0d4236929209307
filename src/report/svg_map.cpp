// SPDX-License-Identifier: Apache-2.0
#include "report/svg_map.hpp"

#include "page/map_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

constexpr double kLeastTilePx = 2;
constexpr double kLeastCellPx = 5;
constexpr std::size_t kShades = 5;

std::string box_path(const Box& box) {
  return fmt::format("M{} {}h{}v{}h-{}z", svg_number(box.min_x), svg_number(box.min_y),
                     svg_number(box.width()), svg_number(box.height()), svg_number(box.width()));
}

std::string tile_path(const MapFrame& frame, const MapTile& tile) {
  Box box;
  std::string path;
  for (const Point corner : tile.corners_lonlat) {
    const Point at = frame.pixel_from_lonlat(corner);
    box.add(at);
    path += (path.empty() ? "M" : "L") + svg_number(at.x) + " " + svg_number(at.y);
  }
  if (box.empty()) return "";
  if (std::max(box.width(), box.height()) >= kLeastTilePx) return path + "z";
  const Point c = box.centre();
  const double half = kLeastTilePx / 2;
  return box_path({c.x - half, c.y - half, c.x + half, c.y + half});
}

std::string layer_svg(const MapFrame& frame, const MapLayer& layer) {
  std::string path;
  for (const MapTile* tile : layer.tiles) path += tile_path(frame, *tile);
  return fmt::format("<path class=\"tile o{}\" d=\"{}\"/>\n", layer.tone % 8, path);
}

struct DensityCell {
  Box box_lonlat;
  std::uint64_t tiles = 0;
};

// Cells as boxes, continuous over the antimeridian.
std::vector<DensityCell> cells_of(const DensityGrid& grid) {
  std::vector<double> longitudes;
  for (const auto& [cell, count] : grid.tiles)
    longitudes.push_back(cell_box_lonlat(cell, grid.cell_deg).centre().x);
  const double west = west_end(longitudes);
  std::vector<DensityCell> cells;
  for (const auto& [cell, count] : grid.tiles) {
    const Box box = cell_box_lonlat(cell, grid.cell_deg);
    const double turn = -360.0 * std::floor((box.centre().x - west) / 360.0);
    cells.push_back({shifted(box, turn, 0), count});
  }
  return cells;
}

Box extent(const std::vector<DensityCell>& cells) {
  Box box;
  for (const DensityCell& cell : cells) box.add(cell.box_lonlat);
  return box;
}

Box pixel_box(const MapFrame& frame, const Box& lonlat) {
  Box box;
  box.add(frame.pixel_from_lonlat({lonlat.min_x, lonlat.min_y}));
  box.add(frame.pixel_from_lonlat({lonlat.max_x, lonlat.max_y}));
  return box;
}

// Least counts of the shades: equal steps on a logarithmic scale, without doubles.
std::vector<std::uint64_t> shade_classes(std::uint64_t highest) {
  std::vector<std::uint64_t> classes;
  for (std::size_t i = 0; i < kShades; ++i) {
    const double least = std::pow(static_cast<double>(highest), static_cast<double>(i) / kShades);
    const auto whole = static_cast<std::uint64_t>(std::ceil(least - 1e-9));
    if (classes.empty() || whole > classes.back()) classes.push_back(whole);
  }
  return classes;
}

std::string shades_svg(const MapFrame& frame, const std::vector<DensityCell>& cells,
                       const std::vector<std::uint64_t>& classes) {
  std::vector<std::string> paths(classes.size());
  for (const DensityCell& cell : cells) {
    const auto above = std::ranges::upper_bound(classes, cell.tiles) - classes.begin();
    paths[static_cast<std::size_t>(above - 1)] += box_path(pixel_box(frame, cell.box_lonlat));
  }
  std::string svg;
  for (std::size_t i = 0; i < paths.size(); ++i)
    svg +=
        fmt::format("<path class=\"d{}\" d=\"{}\"/>\n", i + 1 + kShades - paths.size(), paths[i]);
  return svg;
}

std::string disc(const MapFrame& frame, const Place& place, std::size_t largest, char letter) {
  const Point at = frame.pixel_from_lonlat(place.box_lonlat.centre());
  const double share = static_cast<double>(place.tiles.size()) / static_cast<double>(largest);
  return fmt::format("<circle class=\"tile o0\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>\n", svg_number(at.x),
                     svg_number(at.y), svg_number(4 + 10 * std::sqrt(share))) +
         (letter <= 'Z' ? svg_text(at.x, at.y + 4, "m k", std::string(1, letter)) : "");
}

}  // namespace

std::string draw_tiles(const FigureText& text, const Box& box_lonlat,
                       const std::vector<MapLayer>& layers) {
  const MapFrame frame(box_lonlat);
  std::string body = frame.graticule();
  for (const MapLayer& layer : layers) body += layer_svg(frame, layer);
  return svg_html(text, frame.size(), body + frame.furniture());
}

std::string draw_places(const FigureText& text, const std::vector<Place>& places) {
  Box box;
  for (const Place& place : places) box.add(place.box_lonlat);
  const MapFrame frame(box);
  std::string body = frame.graticule();
  for (std::size_t i = 0; i < std::min<std::size_t>(places.size(), 200); ++i)
    body += disc(frame, places[i], places[0].tiles.size(),
                 static_cast<char>('A' + std::min<std::size_t>(i, 26)));
  return svg_html(text, frame.size(), body + frame.furniture());
}

DensityMap draw_density(const FigureText& text, DensityGrid grid) {
  auto cells = cells_of(grid);
  const auto cell_px = [&] {
    return pixel_box(MapFrame(extent(cells)), cells.front().box_lonlat).width();
  };
  for (int i = 0; i < 20 && cell_px() < kLeastCellPx; ++i) {
    grid.coarsen();
    cells = cells_of(grid);
  }
  const MapFrame frame(extent(cells));
  const std::uint64_t highest = std::ranges::max_element(cells, {}, &DensityCell::tiles)->tiles;
  DensityMap map{"", grid.cell_deg, shade_classes(highest)};
  map.svg = svg_html(text, frame.size(),
                     frame.graticule() + shades_svg(frame, cells, map.classes) + frame.furniture());
  return map;
}

}  // namespace skyglot
