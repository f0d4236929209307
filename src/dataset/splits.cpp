// SPDX-License-Identifier: Apache-2.0
#include "dataset/splits.hpp"

#include "base/hash.hpp"
#include "geo/box_index.hpp"
#include "geo/cells.hpp"

#include <algorithm>

namespace skyglot {
namespace {

// Marks the tiles of `split` that meet one of `keepers`.
void mark_meeting(const std::vector<Box>& tiles, const std::vector<Split>& splits, Split split,
                  const BoxIndex& keepers, std::vector<bool>& goes) {
  for (std::size_t i = 0; i < tiles.size(); ++i)
    if (splits[i] == split && !goes[i] && keepers.meets(tiles[i])) goes[i] = true;
}

// Boxes of the tiles of `split` that stay; the others are empty and meet nothing.
std::vector<Box> staying(const std::vector<Box>& tiles, const std::vector<Split>& splits,
                         Split split, const std::vector<bool>& goes) {
  std::vector<Box> boxes(tiles.size());
  for (std::size_t i = 0; i < tiles.size(); ++i)
    if (splits[i] == split && !goes[i]) boxes[i] = tiles[i];
  return boxes;
}

}  // namespace

Split split_of(const Box& tile, const SplitRules& rules) {
  const Cell block = cell_at(tile.centre(), rules.block_deg);
  const std::uint64_t hash =
      mix(mix(mix(rules.seed, stable_hash("split")), static_cast<std::uint64_t>(block.column)),
          static_cast<std::uint64_t>(block.row));
  const double draw = static_cast<double>(hash >> 11) * 0x1.0p-53;
  if (draw < rules.test_fraction) return Split::test;
  return draw < rules.test_fraction + rules.val_fraction ? Split::val : Split::train;
}

std::vector<bool> overlapping_other_split(const std::vector<Box>& tiles,
                                          const std::vector<Split>& splits) {
  std::vector<bool> goes(tiles.size(), false);
  const BoxIndex test(staying(tiles, splits, Split::test, goes));
  mark_meeting(tiles, splits, Split::val, test, goes);
  mark_meeting(tiles, splits, Split::train, test, goes);
  const BoxIndex val(staying(tiles, splits, Split::val, goes));
  mark_meeting(tiles, splits, Split::train, val, goes);
  return goes;
}

}  // namespace skyglot
