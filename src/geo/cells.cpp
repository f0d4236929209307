// SPDX-License-Identifier: Apache-2.0
#include "geo/cells.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

// Neighbours share their border to the last bit, and a border written in decimals is the number
// that those decimals mean: a place on it lies in a cell.
double border(double origin, std::int64_t index, double cell_deg) {
  constexpr double kParts = 1e12;
  return std::round((origin + static_cast<double>(index) * cell_deg) * kParts) / kParts;
}

}  // namespace

std::int32_t columns_around(double cell_deg) {
  return static_cast<std::int32_t>(std::ceil(360.0 / cell_deg - 1e-9));
}

std::int32_t rows_up(double cell_deg) {
  return static_cast<std::int32_t>(std::ceil(180.0 / cell_deg - 1e-9));
}

std::int32_t wrapped_column(std::int64_t column, double cell_deg) {
  const std::int64_t around = columns_around(cell_deg);
  return static_cast<std::int32_t>(((column % around) + around) % around);
}

std::int64_t cell_index(double value, double origin, double cell_deg) {
  return static_cast<std::int64_t>(std::floor((value - origin) / cell_deg + 1e-9));
}

Box cell_box_lonlat(Cell cell, double cell_deg) {
  return {border(-180, cell.column, cell_deg), border(-90, cell.row, cell_deg),
          border(-180, cell.column + 1, cell_deg), border(-90, cell.row + 1, cell_deg)};
}

Cell cell_at(Point lonlat, double cell_deg) {
  return {wrapped_column(cell_index(lonlat.x, -180, cell_deg), cell_deg),
          static_cast<std::int32_t>(cell_index(lonlat.y, -90, cell_deg))};
}

}  // namespace skyglot
