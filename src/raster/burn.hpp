// SPDX-License-Identifier: Apache-2.0
// Shapes burnt into a grid of pixels.
#pragma once

#include "geo/geometry.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

/// A shape in the plane of the grid: pixel (column, row) covers [column, column + 1) x [row, row +
/// 1).
struct BurnShape {
  Geometry pixels;
  std::uint8_t value = 0;
  double half_width = 0;  ///< of a line or point, in pixels; 0 or less: it is left out
};

/// Row after row, 0 where no shape is. Pixels whose centres lie in a shape take its value, those of
/// later shapes over those of earlier ones. Throws Error(internal) where GDAL fails.
[[nodiscard]] std::vector<std::uint8_t> burnt(std::span<const BurnShape> shapes, int width,
                                              int height);

}  // namespace skyglot
