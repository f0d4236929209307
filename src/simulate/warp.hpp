// SPDX-License-Identifier: Apache-2.0
// From the straight-lined layout to the plan: a turn and gentle bends, so that the town looks
// grown.
#pragma once

#include "simulate/cells.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace skyglot::simulate {

/// A smooth map of layout metres to plan metres: a rotation and four long sine waves, which fade
/// out around rectangles that must stay straight (a runway). Lengths change by less than half.
class Warp {
 public:
  Warp(std::uint64_t seed, double size_m, std::vector<OrientedBox> straight);

  [[nodiscard]] Point operator()(Point layout) const;
  /// The plan's frame at a place and direction of the layout; rigid, so rectangles stay true.
  [[nodiscard]] Frame frame(const Frame& layout) const;
  /// A line with points at most `step_m` apart, moved into the plan.
  [[nodiscard]] Path line(const Path& layout, double step_m = 25) const;
  /// line() of an open ring, closed.
  [[nodiscard]] Path ring(const Path& layout, double step_m = 25) const;

 private:
  struct Wave {
    Point vector;  // wave number
    double phase;
    Point shift;
  };
  [[nodiscard]] double strength(Point layout) const;

  double turn_;
  double fade_m_;
  std::array<Wave, 4> waves_{};
  std::vector<OrientedBox> straight_;
};

}  // namespace skyglot::simulate
