// SPDX-License-Identifier: Apache-2.0
// Which imagery shows an object, and which tile of it.
#pragma once

#include "base/skipped.hpp"
#include "dataset/recipe.hpp"
#include "dataset/tiles.hpp"
#include "geo/box_index.hpp"
#include "imagery/scene_plane.hpp"
#include "osm/map_object.hpp"
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
};

/// Chooses collection, scene and tile by the rules of SkyScript §2.3 and §2.4. Shared parts are
/// read only; each thread has its own Matcher.
class Matcher {
 public:
  struct Shared {
    const ImageryCatalogue& catalogue;
    const AlignedScenes& aligned;
    const VisibilityTable& visibility;
    const BoxIndex& footprints;  ///< of the catalogue's scenes, by index
    const Recipe& recipe;
  };
  explicit Matcher(const Shared& shared);

  /// The choice depends on the recipe's seed and the object only. Skipped: see reasons.hpp.
  [[nodiscard]] std::variant<Match, Skipped> match(const MapObject& object);

 private:
  struct Candidate {
    std::string_view collection;
    std::size_t scene;
  };
  [[nodiscard]] std::optional<std::string_view> objection(const MapObject& object, double max_gsd_m,
                                                          std::size_t scene);
  [[nodiscard]] std::variant<std::vector<Candidate>, Skipped> candidates(const MapObject& object);
  [[nodiscard]] std::optional<Match> tile_in(const MapObject& object, std::size_t scene,
                                             RandomStream& random);

  Shared shared_;
  TileRules tiles_;
  ScenePlanes planes_;
};

}  // namespace skyglot
