// SPDX-License-Identifier: Apache-2.0
#include "dataset/box_index.hpp"

#include <algorithm>

namespace skyglot {

BoxIndex::BoxIndex(const std::vector<Box>& boxes) {
  for (std::size_t i = 0; i < boxes.size(); ++i)
    if (!boxes[i].empty()) entries_.push_back({boxes[i], i});
  std::ranges::sort(entries_, {}, [](const Entry& entry) { return entry.box.min_x; });
  double reach = -std::numeric_limits<double>::infinity();
  for (const Entry& entry : entries_) {
    reach = std::max(reach, entry.box.max_x);
    reach_x_.push_back(reach);
  }
}

void BoxIndex::collect(const Box& box, std::vector<std::size_t>& found) const {
  const auto end =
      std::ranges::upper_bound(entries_, box.max_x, {}, [](const Entry& e) { return e.box.min_x; });
  for (auto i = static_cast<std::size_t>(end - entries_.begin());
       i-- > 0 && reach_x_[i] >= box.min_x;)
    if (intersects(entries_[i].box, box)) found.push_back(entries_[i].index);
}

std::vector<std::size_t> BoxIndex::meeting(const Box& box) const {
  std::vector<std::size_t> found;
  for (const double turn : {-360.0, 0.0, 360.0}) collect(shifted(box, turn, 0), found);
  std::ranges::sort(found);
  const auto doubles = std::ranges::unique(found);
  found.erase(doubles.begin(), doubles.end());
  return found;
}

}  // namespace skyglot
