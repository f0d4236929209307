// SPDX-License-Identifier: Apache-2.0
// Training, validation and test split by place: blocks of ground, dealt to the splits, of which a
// tile may touch those of one split only.
#pragma once

#include "imagery/catalogue.hpp"
#include "records/recipe.hpp"
#include "records/split.hpp"

#include <cstdint>
#include <optional>

namespace skyglot {

struct SplitRules {
  std::uint64_t seed = 0;
  double val_fraction = 0;
  double test_fraction = 0;
  double side_deg = 0.02;  ///< of a block from south to north
};

/// The recipe's rules for this imagery. Where the recipe leaves the side open it is that of the
/// largest tile of the coarsest collection, and 0.02 degrees at least: a tile shorter than a block
/// meets few borders, so few objects are lost at them.
[[nodiscard]] SplitRules split_rules(const Recipe& recipe, const ImageryCatalogue& catalogue);

/// Blocks lie in rows of equal height; each row is cut into columns about as wide on the ground as
/// they are high, and the blocks are dealt by a hash of seed and block. Blocks do not overlap and a
/// tile lies in those of its own split, so tiles of two splits never see the same ground.
class SplitBlocks {
 public:
  explicit SplitBlocks(const SplitRules& rules);

  /// The split that every block under the tile has; nothing if they differ. The box is continuous
  /// over the antimeridian.
  [[nodiscard]] std::optional<Split> split_of(const Box& tile_lonlat) const;

 private:
  [[nodiscard]] Split split_of_block(std::int64_t column, std::int64_t row) const;

  SplitRules rules_;
  std::int64_t rows_;
};

}  // namespace skyglot
