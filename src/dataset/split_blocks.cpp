// SPDX-License-Identifier: Apache-2.0
#include "dataset/split_blocks.hpp"

#include "base/hash.hpp"
#include "imagery/scene_plane.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot {
namespace {

constexpr double kLeastSideDeg = 0.02;
// A degree of latitude has 110,574 m (equator) to 111,694 m (poles).
constexpr double kMetresPerDegree = 110'574;

double largest_tile_deg(const Recipe& recipe, const ImageryCatalogue& catalogue) {
  double coarsest_m = 0;
  for (const Scene& scene : catalogue.scenes)
    coarsest_m =
        std::max(coarsest_m, nominal_gsd_m(catalogue.collection(scene.collection_code), scene));
  return coarsest_m * static_cast<double>(std::max(recipe.point_max_px, recipe.polygon_max_px)) /
         kMetresPerDegree;
}

std::int64_t index_of(double value, double side) {
  return static_cast<std::int64_t>(std::floor(value / side));
}

// Columns of a row of blocks, so that each is about as wide on the ground as it is high.
std::int64_t columns_of(std::int64_t row, double side_deg) {
  const double latitude = -90 + (static_cast<double>(row) + 0.5) * side_deg;
  const double around = 360 * std::cos(latitude * std::numbers::pi / 180) / side_deg;
  return std::max<std::int64_t>(1, index_of(around, 1));
}

}  // namespace

SplitRules split_rules(const Recipe& recipe, const ImageryCatalogue& catalogue) {
  return {.seed = static_cast<std::uint64_t>(recipe.seed),
          .val_fraction = recipe.val_fraction,
          .test_fraction = recipe.test_fraction,
          .side_deg = recipe.split_block_deg > 0
                          ? recipe.split_block_deg
                          : std::max(kLeastSideDeg, largest_tile_deg(recipe, catalogue))};
}

SplitBlocks::SplitBlocks(const SplitRules& rules)
    : rules_(rules), rows_(static_cast<std::int64_t>(std::ceil(180 / rules.side_deg))) {}

Split SplitBlocks::split_of_block(std::int64_t column, std::int64_t row) const {
  const std::uint64_t hash =
      mix(mix(mix(rules_.seed, stable_hash("split")), static_cast<std::uint64_t>(column)),
          static_cast<std::uint64_t>(row));
  const double draw = static_cast<double>(hash >> 11) * 0x1.0p-53;
  if (draw < rules_.test_fraction) return Split::test;
  return draw < rules_.test_fraction + rules_.val_fraction ? Split::val : Split::train;
}

std::optional<Split> SplitBlocks::split_of(const Box& tile) const {
  if (rules_.val_fraction + rules_.test_fraction <= 0) return Split::train;
  const auto row_at = [&](double latitude) {
    return std::clamp<std::int64_t>(index_of(latitude + 90, rules_.side_deg), 0, rows_ - 1);
  };
  std::optional<Split> found;
  for (std::int64_t row = row_at(tile.min_y); row <= row_at(tile.max_y); ++row) {
    const std::int64_t columns = columns_of(row, rules_.side_deg);
    const double width_deg = 360 / static_cast<double>(columns);
    const std::int64_t first = index_of(tile.min_x + 180, width_deg);
    const std::int64_t count = std::min(columns, index_of(tile.max_x + 180, width_deg) - first + 1);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t column = ((first + i) % columns + columns) % columns;
      const Split split = split_of_block(column, row);
      if (found && *found != split) return std::nullopt;
      found = split;
    }
  }
  return found;
}

}  // namespace skyglot
