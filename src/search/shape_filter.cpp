// SPDX-License-Identifier: Apache-2.0
#include "search/shape_filter.hpp"

#include "geo/box_index.hpp"
#include "geo/overlay.hpp"

#include <algorithm>
#include <array>

namespace skyglot {
namespace {

// Perhaps a turn away: windows and objects on either side of the antimeridian.
bool shows(const Box& window, const Geometry& shape) {
  return std::ranges::any_of(std::array{0, -360, 360},
                             [&](int turn) { return overlaps(shape, shifted(window, turn, 0)); });
}

}  // namespace

std::vector<std::int64_t> rows_showing(WindowIndex& index, const std::vector<std::int64_t>* rows,
                                       const std::vector<Geometry>& shapes_lonlat) {
  std::vector<Box> boxes;
  for (const Geometry& shape : shapes_lonlat) boxes.push_back(bounding_box(shape));
  const BoxIndex near(boxes);
  std::vector<std::int64_t> showing;
  index.windows().for_each([&](std::int64_t row, const IndexedWindow& window) {
    if (rows != nullptr && !std::ranges::binary_search(*rows, row)) return;
    const Box box = bounding_box(window.footprint_lonlat);
    if (box.empty()) return;
    const auto is_shown = [&](std::size_t shape) { return shows(box, shapes_lonlat[shape]); };
    if (std::ranges::any_of(near.meeting(box), is_shown)) showing.push_back(row);
  });
  return showing;
}

}  // namespace skyglot
