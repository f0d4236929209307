// SPDX-License-Identifier: Apache-2.0
// Which of many boxes meet a box: a static index over longitude that knows of the antimeridian.
#pragma once

#include "geo/geometry.hpp"

#include <cstddef>
#include <vector>

namespace skyglot {

/// Built once, then read by any number of threads. Boxes are in longitude and latitude, continuous
/// over the antimeridian. Memory: 48 bytes a box. Queries cost about the number of boxes in the
/// same band of longitudes.
class BoxIndex {
 public:
  explicit BoxIndex(const std::vector<Box>& boxes_lonlat);

  /// Indices of the boxes that meet `box_lonlat`, or do so a full turn away, ascending.
  [[nodiscard]] std::vector<std::size_t> meeting(const Box& box_lonlat) const;

 private:
  struct Entry {
    Box box;
    std::size_t index;
  };
  void collect(const Box& box, std::vector<std::size_t>& found) const;

  std::vector<Entry> entries_;   // by min_x
  std::vector<double> reach_x_;  // largest max_x of the entries up to here
};

}  // namespace skyglot
