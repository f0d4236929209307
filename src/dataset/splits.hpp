// SPDX-License-Identifier: Apache-2.0
// Training, validation and test split by place, so that no two see the same ground.
#pragma once

#include "geo/geometry.hpp"
#include "records/split.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

struct SplitRules {
  std::uint64_t seed = 0;
  double val_fraction = 0;
  double test_fraction = 0;
  double block_deg = 0.02;
};

/// Split of the block that holds the tile's centre; blocks are dealt by a hash of seed and block.
[[nodiscard]] Split split_of(const Box& tile_lonlat, const SplitRules& rules);

/// Which tiles must go so that tiles of different splits never overlap: of two that do, the test
/// tile stays before the validation tile, that before the training tile. Returns one flag a tile;
/// true: goes.
[[nodiscard]] std::vector<bool> overlapping_other_split(const std::vector<Box>& tiles_lonlat,
                                                        const std::vector<Split>& splits);

}  // namespace skyglot
