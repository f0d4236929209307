// SPDX-License-Identifier: Apache-2.0
// Where the squares lie that the backbone sees at once.
#pragma once

#include "imagery/catalogue.hpp"

#include <cstddef>
#include <vector>

namespace skyglot {

struct TileLayout {
  int side = 224;          ///< pixels that the backbone sees; whole patches
  double overlap = 0.5;    ///< share of a side that tiles beside one another have in common
  bool five_crop = false;  ///< four corners and the centre of each, half as wide, in its place

  /// Throws Error(usage) naming every value that makes no sense with patches of `patch` pixels.
  void validate(int patch) const;
};

/// A window of a scene; a tile is square.
struct GroundTile {
  std::size_t scene = 0;
  PixelWindow window;
};

/// Tiles over all scenes, row by row, the last ones flush with the edge. Of a scene that is
/// narrower than a tile, squares of its shorter side, which are enlarged when they are read.
[[nodiscard]] std::vector<GroundTile> lay_tiles(const std::vector<Scene>& scenes,
                                                const TileLayout& layout);

/// The whole scene in blocks of `side` pixels, row by row, those at its right and lower edge
/// smaller.
[[nodiscard]] std::vector<PixelWindow> blocks_of(const Scene& scene, int side);

[[nodiscard]] bool share_ground(const GroundTile& a, const GroundTile& b);

}  // namespace skyglot
