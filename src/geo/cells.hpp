// SPDX-License-Identifier: Apache-2.0
// Cells of a longitude-latitude grid: where the random part of the selection looks.
#pragma once

#include "geo/geometry.hpp"

#include <compare>
#include <cstdint>
#include <vector>

namespace skyglot {

/// Column and row count from longitude -180 and latitude -90.
struct Cell {
  std::int32_t column = 0;
  std::int32_t row = 0;
  friend auto operator<=>(const Cell&, const Cell&) = default;
};

[[nodiscard]] Box cell_box_lonlat(Cell cell, double cell_deg);
/// The cell that holds a place; the longitude may be any turn.
[[nodiscard]] Cell cell_at(Point lonlat, double cell_deg);

/// Every cell that meets one of the footprints, sorted.
[[nodiscard]] std::vector<Cell> cells_meeting(const std::vector<Geometry>& footprints_lonlat,
                                              double cell_deg);

/// `count` of the cells drawn without replacement, sorted; all of them if count is 0 or larger than
/// their number. A cell's fate depends on seed and cell only.
[[nodiscard]] std::vector<Cell> draw_cells(std::vector<Cell> cells, std::int64_t count,
                                           std::uint64_t seed);

}  // namespace skyglot
