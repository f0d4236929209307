// SPDX-License-Identifier: Apache-2.0
#include "simulate/canvas.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace skyglot::simulate {
namespace {

constexpr float kTall_m = 14;

Box box_of(const Path& path) {
  Box box;
  for (const Point p : path) box.add(p);
  return box;
}

// Shapes by level; those of one level in the order they were drawn.
std::vector<std::uint32_t> painting_order(const Town& town) {
  std::vector<std::uint32_t> order(town.shapes.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return town.shapes[i].level; });
  return order;
}

}  // namespace

void SceneShapes::Buckets::start(const Box& extent, double side) {
  extent_ = extent;
  side_ = side;
  columns_ = static_cast<int>(std::ceil(extent.width() / side)) + 1;
  rows_ = static_cast<int>(std::ceil(extent.height() / side)) + 1;
  cells_.assign(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_), {});
}

std::optional<SceneShapes::Buckets::Range> SceneShapes::Buckets::range(const Box& box) const {
  if (!intersects(box, extent_)) return std::nullopt;
  const auto cell = [&](double value, double low, int count) {
    return std::clamp(static_cast<int>((value - low) / side_), 0, count - 1);
  };
  return Range{cell(box.min_x, extent_.min_x, columns_), cell(box.min_y, extent_.min_y, rows_),
               cell(box.max_x, extent_.min_x, columns_), cell(box.max_y, extent_.min_y, rows_)};
}

void SceneShapes::Buckets::add(std::uint32_t row, const Box& box) {
  const auto r = range(box);
  if (!r) return;
  for (int y = r->y0; y <= r->y1; ++y)
    for (int x = r->x0; x <= r->x1; ++x)
      cells_[static_cast<std::size_t>(y * columns_ + x)].push_back(row);
}

std::vector<std::uint32_t> SceneShapes::Buckets::in(const Box& box) const {
  std::vector<std::uint32_t> rows;
  const auto r = range(box);
  if (!r) return rows;
  for (int y = r->y0; y <= r->y1; ++y)
    for (int x = r->x0; x <= r->x1; ++x) {
      const auto& cell = cells_[static_cast<std::size_t>(y * columns_ + x)];
      rows.insert(rows.end(), cell.begin(), cell.end());
    }
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

SceneShapes::SceneShapes(const Town& town, const SceneSpec& spec)
    : town_(&town), projection_(spec) {
  const auto to_pixels = [&](Point p) { return projection_.pixel_from_plan(p); };
  const double width = static_cast<double>(spec.width) * spec.oversample;
  const double height = static_cast<double>(spec.height) * spec.oversample;
  // Beyond the picture only what may throw a shadow into it matters.
  const Box extent = grown({0, 0, width, height}, 250 / projection_.pixel_m());
  item_buckets_.start(extent, 256);
  tree_buckets_.start(extent, 256);
  for (const std::uint32_t row : painting_order(town)) {
    const Shape& shape = town.shapes[row];
    Item item{row, static_cast<std::uint32_t>(rings_.size()), 0, {}, shape.height_m + shape.roof_m};
    for (const Path& ring : shape.rings) {
      Path pixels;
      pixels.reserve(ring.size());
      for (const Point p : ring) pixels.push_back(to_pixels(p));
      item.box.add(box_of(pixels));
      rings_.push_back(std::move(pixels));
    }
    item.ring_count = static_cast<std::uint32_t>(rings_.size()) - item.first_ring;
    const auto index = static_cast<std::uint32_t>(items_.size());
    item_buckets_.add(index, item.box);
    if (item.top_m > kTall_m) tall_.push_back(index);
    items_.push_back(item);
  }
  for (const Tree& tree : town.trees) {
    const Point at = to_pixels(tree.at);
    Box box;
    box.add(at);
    tree_buckets_.add(static_cast<std::uint32_t>(trees_.size()),
                      grown(box, tree.radius_m / projection_.pixel_m() + 1));
    trees_.push_back({at, &tree});
  }
}

std::vector<std::uint32_t> SceneShapes::items_in(const Box& box) const {
  std::vector<std::uint32_t> rows = item_buckets_.in(box);
  std::erase_if(rows, [&](std::uint32_t row) { return !intersects(items_[row].box, box); });
  return rows;
}

std::vector<std::uint32_t> SceneShapes::trees_in(const Box& box) const {
  return tree_buckets_.in(box);
}

}  // namespace skyglot::simulate
