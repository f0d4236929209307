// SPDX-License-Identifier: Apache-2.0
#include "geo/box_index.hpp"

#include <boost/geometry/geometries/box.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/index/rtree.hpp>
// Newer versions of the index want to be given how boxes relate (Debian 13's 1.83).
#if __has_include(<boost/geometry/strategies/relate/cartesian.hpp>)
#include <boost/geometry/strategies/relate/cartesian.hpp>
#endif

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace skyglot {
namespace {

namespace bg = boost::geometry;
using Corner = bg::model::d2::point_xy<double>;
using Rectangle = bg::model::box<Corner>;
using Entry = std::pair<Rectangle, std::size_t>;
using Tree = bg::index::rtree<Entry, bg::index::rstar<16>>;

Rectangle rectangle(const Box& box) {
  return {Corner(box.min_x, box.min_y), Corner(box.max_x, box.max_y)};
}

// The box as it is and seen from either side of the antimeridian.
std::array<Rectangle, 3> turns_of(const Box& box) {
  return {rectangle(shifted(box, -360, 0)), rectangle(box), rectangle(shifted(box, 360, 0))};
}

std::vector<Entry> entries_of(const std::vector<Box>& boxes) {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < boxes.size(); ++i)
    if (!boxes[i].empty()) entries.emplace_back(rectangle(boxes[i]), i);
  return entries;
}

}  // namespace

struct BoxIndex::State {
  Tree tree;
};

// A tree made from a range is packed.
BoxIndex::BoxIndex(const std::vector<Box>& boxes)
    : state_(std::make_unique<State>(State{Tree(entries_of(boxes))})) {}
BoxIndex::~BoxIndex() = default;
BoxIndex::BoxIndex(BoxIndex&&) noexcept = default;
BoxIndex& BoxIndex::operator=(BoxIndex&&) noexcept = default;

std::vector<std::size_t> BoxIndex::meeting(const Box& box) const {
  std::vector<std::size_t> found;
  if (box.empty()) return found;
  for (const Rectangle& turn : turns_of(box))
    for (auto entry = state_->tree.qbegin(bg::index::intersects(turn));
         entry != state_->tree.qend(); ++entry)
      found.push_back(entry->second);
  std::ranges::sort(found);
  const auto doubles = std::ranges::unique(found);
  found.erase(doubles.begin(), doubles.end());
  return found;
}

bool BoxIndex::meets(const Box& box) const {
  if (box.empty()) return false;
  return std::ranges::any_of(turns_of(box), [&](const Rectangle& turn) {
    return state_->tree.qbegin(bg::index::intersects(turn)) != state_->tree.qend();
  });
}

}  // namespace skyglot
