// SPDX-License-Identifier: Apache-2.0
// Which imagery shows an object, and which tile of it.
#pragma once

#include "base/skipped.hpp"
#include "dataset/split_blocks.hpp"
#include "dataset/tiles.hpp"
#include "geo/box_index.hpp"
#include "imagery/scene_plane.hpp"
#include "osm/map_object.hpp"
#include "records/recipe.hpp"
#include "tags/visibility.hpp"

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace skyglot {

struct Match {
  std::size_t scene = 0;  ///< index in the catalogue
  PixelWindow tile;       ///< in the pixels of the chip
  Box tile_lonlat;        ///< bounds of the tile's outline
  Split split = Split::train;
};

/// Chooses collection, scene and tile by the rules of SkyScript §2.3 and §2.4, such that the tile
/// touches the ground of one split only: one that does not is drawn again, like one that leaves the
/// scene. Shared parts are read only; each thread has its own Matcher.
class Matcher {
 public:
  struct Shared {
    const ImageryCatalogue& catalogue;
    const AlignedScenes& aligned;
    const VisibilityTable& visibility;
    const BoxIndex& footprints;  ///< of the catalogue's scenes, by index
    const Recipe& recipe;
    const SplitBlocks& blocks;
  };
  explicit Matcher(const Shared& shared);

  /// The choice depends on the recipe's seed and the object only. Skipped: see reasons.hpp.
  [[nodiscard]] std::variant<Match, Skipped> match(const MapObject& object);

  /// Places moved into the planes of scenes so far (ScenePlane::points_moved).
  [[nodiscard]] std::uint64_t points_moved() const { return planes_.points_moved(); }

 private:
  // Where the object lies in a scene that may show it.
  struct Candidate {
    std::size_t scene = 0;
    Box box_px;                   // of a polygon
    std::vector<Point> nodes_px;  // of a point or line: those that the scene shows
  };
  using Objection = std::string_view;
  struct Search;
  [[nodiscard]] std::variant<Candidate, Objection> polygon_in(const MapObject& object,
                                                              std::size_t scene);
  [[nodiscard]] std::variant<Candidate, Objection> nodes_in(const MapObject& object,
                                                            std::size_t scene);
  [[nodiscard]] std::variant<std::vector<Candidate>, Skipped> candidates(const MapObject& object);
  [[nodiscard]] std::optional<Match> tile_in(const Candidate& candidate, Search& search);

  Shared shared_;
  TileRules tiles_;
  ScenePlanes planes_;
};

}  // namespace skyglot
