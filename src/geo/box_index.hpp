// SPDX-License-Identifier: Apache-2.0
// Which of many boxes meet a box: a static index over longitude and latitude that knows of the
// antimeridian.
#pragma once

#include "geo/geometry.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace skyglot {

/// Built once (a packed R-tree), then read by any number of threads. Boxes are in longitude and
/// latitude, continuous over the antimeridian; empty ones meet nothing. Memory: about 50 bytes a
/// box.
class BoxIndex {
 public:
  explicit BoxIndex(const std::vector<Box>& boxes_lonlat);
  ~BoxIndex();
  BoxIndex(BoxIndex&&) noexcept;
  BoxIndex& operator=(BoxIndex&&) noexcept;

  /// Indices of the boxes that meet `box_lonlat`, edges included, or do so a full turn away,
  /// ascending.
  [[nodiscard]] std::vector<std::size_t> meeting(const Box& box_lonlat) const;
  /// Whether `meeting` would find any.
  [[nodiscard]] bool meets(const Box& box_lonlat) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyglot
