// SPDX-License-Identifier: Apache-2.0
// The town's skeleton: streets, river, railway, and the blocks between them, in straight lines.
#pragma once

#include "simulate/cells.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skyglot::simulate {

/// What kind of line parts two blocks; `none` is a mere boundary.
enum class Rank : std::uint8_t {
  none,
  path,
  track,
  residential,
  tertiary,
  secondary,
  primary,
  river,
  rail,
};

struct Street {
  Rank rank = Rank::none;
  Point a;
  Point b;
  std::string name;
};

enum class Zone : std::uint8_t {
  centre,
  inner,
  suburb,
  industry,
  country,
  far,  ///< countryside beyond the aerial pictures
  river,
  rail,
  airfield,
  lake,
  great_lake,
};

struct Block {
  Path bounds;  ///< to the middle of the streets; open, counter-clockwise
  Cell edges;   ///< what is left beside the streets, with the streets it looks at
  Path plot;    ///< corners of `edges`
  Zone zone = Zone::country;
};

/// All in layout metres; the aerial pictures show about [-size/2, size/2] in both directions.
struct Layout {
  double size_m = 0;
  double world_m = 0;
  double radius_m = 0;  ///< of the built-up town
  double river_half_m = 0;
  std::vector<Street> streets;
  std::vector<Block> blocks;
  Line river;
  Line rail;
  Point roundabout;
  std::vector<OrientedBox> straight;  ///< where nothing may bend
};

/// Half of the carriageway's width.
[[nodiscard]] double half_width_m(Rank rank);
/// Half of the width with pavements and verges.
[[nodiscard]] double half_reserve_m(Rank rank);

[[nodiscard]] Layout lay_out(std::uint64_t seed, double size_m);

}  // namespace skyglot::simulate
