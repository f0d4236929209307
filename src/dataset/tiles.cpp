// SPDX-License-Identifier: Apache-2.0
#include "dataset/tiles.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

struct Range {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// Start of a side of `length` pixels such that (at - start) / length lies in [1/3, 2/3].
std::int64_t draw_central_third(double at, std::int64_t length, RandomStream& random) {
  const auto size = static_cast<double>(length);
  const auto low = static_cast<std::int64_t>(std::ceil(at - size * 2 / 3));
  const auto high = static_cast<std::int64_t>(std::floor(at - size / 3));
  return random.integer(low, std::max(low, high));
}

Range side_range(std::int64_t extent, const TileRules& rules) {
  const std::int64_t low = std::max(rules.polygon_min_px, extent);
  const auto grown = static_cast<std::int64_t>(static_cast<double>(low) * rules.max_growth);
  return {low, std::min(rules.polygon_max_px, grown)};
}

// Narrows a side to what the other one can still match; sides so unlike that nothing is left let
// the shorter one grow past its growth limit.
void fit_aspect(Range& side, const Range& other, double max_aspect) {
  const auto needed =
      static_cast<std::int64_t>(std::ceil(static_cast<double>(other.low) / max_aspect));
  side.low = std::max(side.low, needed);
  side.high = std::max(side.high, side.low);
}

void limit_aspect(Range& side, const Range& other, double max_aspect) {
  const auto allowed =
      static_cast<std::int64_t>(std::floor(static_cast<double>(other.high) * max_aspect));
  side.high = std::max(side.low, std::min(side.high, allowed));
}

Range within_aspect(Range side, std::int64_t other, double max_aspect) {
  const auto length = static_cast<double>(other);
  side.low = std::max(side.low, static_cast<std::int64_t>(std::ceil(length / max_aspect)));
  side.high = std::min(side.high, static_cast<std::int64_t>(std::floor(length * max_aspect)));
  return side;
}

}  // namespace

PixelWindow draw_point_tile(Point at, const TileRules& rules, RandomStream& random) {
  const std::int64_t width = random.integer(rules.point_min_px, rules.point_max_px);
  const std::int64_t height = random.integer(rules.point_min_px, rules.point_max_px);
  return {static_cast<int>(draw_central_third(at.x, width, random)),
          static_cast<int>(draw_central_third(at.y, height, random)), static_cast<int>(width),
          static_cast<int>(height)};
}

std::optional<PixelWindow> draw_polygon_tile(const Box& bbox, const TileRules& rules,
                                             RandomStream& random) {
  const auto left = static_cast<std::int64_t>(std::floor(bbox.min_x));
  const auto right = static_cast<std::int64_t>(std::ceil(bbox.max_x));
  const auto top = static_cast<std::int64_t>(std::floor(bbox.min_y));
  const auto bottom = static_cast<std::int64_t>(std::ceil(bbox.max_y));
  Range width = side_range(right - left, rules);
  Range height = side_range(bottom - top, rules);
  fit_aspect(width, height, rules.max_aspect);
  fit_aspect(height, width, rules.max_aspect);
  limit_aspect(width, height, rules.max_aspect);
  if (width.low > rules.polygon_max_px || height.low > rules.polygon_max_px) return std::nullopt;
  const std::int64_t drawn_width = random.integer(width.low, std::max(width.low, width.high));
  height = within_aspect(height, drawn_width, rules.max_aspect);
  if (height.low > height.high) return std::nullopt;
  const std::int64_t drawn_height = random.integer(height.low, height.high);
  return PixelWindow{static_cast<int>(random.integer(right - drawn_width, left)),
                     static_cast<int>(random.integer(bottom - drawn_height, top)),
                     static_cast<int>(drawn_width), static_cast<int>(drawn_height)};
}

}  // namespace skyglot
