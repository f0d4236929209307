// SPDX-License-Identifier: Apache-2.0
// Which squares of a scene an index holds: several sizes of ground, each overlapping its
// neighbours.
#pragma once

#include "imagery/catalogue.hpp"

#include <vector>

namespace skyglot {

struct WindowLayout {
  std::vector<double> sizes_m{};  ///< sides on the ground; empty: usual_sizes_m() of each scene
  double overlap = 0.5;      ///< share of a side that windows beside one another have in common
  double least_valid = 0.9;  ///< share of its pixels that hold data, or it is left out

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// Three sides, each twice the one before, of the row 40, 80, 160, 320 ... metres: the first is the
/// one nearest to 64 pixels (what a model makes something of), never below 40 m (below that a
/// window holds a piece of a thing).
[[nodiscard]] std::vector<double> usual_sizes_m(double gsd_m);

/// A square of a scene.
struct SearchWindow {
  PixelWindow pixels;
  double size_m = 0;  ///< side of the ground it shows
};

/// On which sides the picture goes on in neighbours.
struct SceneReach {
  bool right = false;
  bool below = false;
};

/// The windows of one scene: size by size, from the smallest, in rows; the last ones of a row or
/// column lie flush with the edge. Where the picture goes on, rows and columns follow that lie
/// partly in the neighbours, as far apart as the others: what lies on a border is seen whole, from
/// the scene to the left or above. A size that the scene is too narrow for becomes its shorter
/// side. `gsd_m` is the scene's nominal one, which chooses the usual sizes.
[[nodiscard]] std::vector<SearchWindow> lay_windows(const Scene& scene, double gsd_m,
                                                    const WindowLayout& layout,
                                                    const SceneReach& reach = {});

}  // namespace skyglot
