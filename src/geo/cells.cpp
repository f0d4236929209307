// SPDX-License-Identifier: Apache-2.0
#include "geo/cells.hpp"

#include "base/hash.hpp"
#include "geo/overlay.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace skyglot {
namespace {

std::int32_t columns_around(double cell_deg) {
  return static_cast<std::int32_t>(std::ceil(360.0 / cell_deg - 1e-9));
}

std::int32_t wrapped(std::int32_t column, double cell_deg) {
  const std::int32_t around = columns_around(cell_deg);
  return ((column % around) + around) % around;
}

std::int32_t index_of(double value, double origin, double cell_deg) {
  return static_cast<std::int32_t>(std::floor((value - origin) / cell_deg + 1e-9));
}

void add_cells_of(const Geometry& footprint, double cell_deg, std::set<Cell>& cells) {
  const Box box = bounding_box(footprint);
  if (box.empty()) return;
  const std::int32_t last_row = index_of(box.max_y, -90, cell_deg);
  const std::int32_t last_column = index_of(box.max_x, -180, cell_deg);
  for (std::int32_t row = index_of(box.min_y, -90, cell_deg); row <= last_row; ++row)
    for (std::int32_t column = index_of(box.min_x, -180, cell_deg); column <= last_column; ++column)
      if (overlaps(footprint, cell_box_lonlat({column, row}, cell_deg)))
        cells.insert({wrapped(column, cell_deg), row});
}

std::uint64_t draw_key(Cell cell, std::uint64_t seed) {
  const std::uint64_t place =
      (static_cast<std::uint64_t>(static_cast<std::uint32_t>(cell.column)) << 32) |
      static_cast<std::uint32_t>(cell.row);
  return mix(mix(seed, stable_hash("cell")), place);
}

}  // namespace

Box cell_box_lonlat(Cell cell, double cell_deg) {
  const double west = -180 + cell.column * cell_deg;
  const double south = -90 + cell.row * cell_deg;
  return {west, south, west + cell_deg, south + cell_deg};
}

Cell cell_at(Point lonlat, double cell_deg) {
  return {wrapped(index_of(lonlat.x, -180, cell_deg), cell_deg), index_of(lonlat.y, -90, cell_deg)};
}

std::vector<Cell> cells_meeting(const std::vector<Geometry>& footprints, double cell_deg) {
  std::set<Cell> cells;
  for (const Geometry& footprint : footprints) add_cells_of(footprint, cell_deg, cells);
  return {cells.begin(), cells.end()};
}

std::vector<Cell> draw_cells(std::vector<Cell> cells, std::int64_t count, std::uint64_t seed) {
  const auto wanted = static_cast<std::size_t>(count);
  if (count <= 0 || wanted >= cells.size()) return cells;
  std::ranges::nth_element(cells, cells.begin() + count, {},
                           [&](Cell cell) { return draw_key(cell, seed); });
  cells.resize(wanted);
  std::ranges::sort(cells);
  return cells;
}

}  // namespace skyglot
