// SPDX-License-Identifier: Apache-2.0
// Cells of a longitude-latitude grid.
#pragma once

#include "geo/geometry.hpp"

#include <compare>
#include <cstdint>

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

/// Columns around the Earth and rows from pole to pole.
[[nodiscard]] std::int32_t columns_around(double cell_deg);
[[nodiscard]] std::int32_t rows_up(double cell_deg);
/// The column, of any turn, as one of 0 .. columns_around - 1.
[[nodiscard]] std::int32_t wrapped_column(std::int64_t column, double cell_deg);
/// Index of the cell that holds `value`, counted from `origin`; places a hair (1e-9 of a cell)
/// below a border belong to the upper cell.
[[nodiscard]] std::int64_t cell_index(double value, double origin, double cell_deg);

}  // namespace skyglot
