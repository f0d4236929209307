// SPDX-License-Identifier: Apache-2.0
#include "imagery/mask_outline.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace skyglot {
namespace {

struct Vertex {
  int x = 0;
  int y = 0;
};

// East, south, west, north; the next one is a turn to the right.
constexpr std::array<Vertex, 4> kSteps{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};

// Cells with the number of their island, from 1; 0 is no data. Outside the grid is no data too.
class Islands {
 public:
  Islands(std::span<const std::uint8_t> mask, int width, int height)
      : width_(width), height_(height), labels_(mask.size()) {
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        if (mask[index(x, y)] != 0 && labels_[index(x, y)] == 0) fill({x, y}, mask);
  }

  void drop_small(int min_cells) {
    if (sizes_.empty() || std::ranges::max(sizes_) <= min_cells) return;
    for (std::uint32_t& label : labels_)
      if (label != 0 && sizes_[label - 1] <= min_cells) label = 0;
  }

  [[nodiscard]] std::uint32_t at(int x, int y) const {
    return x < 0 || y < 0 || x >= width_ || y >= height_ ? 0 : labels_[index(x, y)];
  }
  [[nodiscard]] std::size_t count() const { return sizes_.size(); }
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }

 private:
  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(x);
  }

  void fill(Vertex start, std::span<const std::uint8_t> mask) {
    const auto label = static_cast<std::uint32_t>(sizes_.size() + 1);
    std::vector<Vertex> open{start};
    labels_[index(start.x, start.y)] = label;
    int size = 0;
    while (!open.empty()) {
      const Vertex cell = open.back();
      open.pop_back();
      ++size;
      for (const Vertex& step : kSteps) {
        const Vertex next{cell.x + step.x, cell.y + step.y};
        if (next.x < 0 || next.y < 0 || next.x >= width_ || next.y >= height_) continue;
        const std::size_t i = index(next.x, next.y);
        if (mask[i] == 0 || labels_[i] != 0) continue;
        labels_[i] = label;
        open.push_back(next);
      }
    }
    sizes_.push_back(size);
  }

  int width_;
  int height_;
  std::vector<std::uint32_t> labels_;
  std::vector<int> sizes_;
};

// The directed edges between data and no data, data on the right hand. Each leaves the grid once.
class Edges {
 public:
  explicit Edges(const Islands& islands)
      : width_(islands.width() + 1),
        out_(static_cast<std::size_t>(width_) * static_cast<std::size_t>(islands.height() + 1)),
        used_(out_.size()) {
    for (int y = 0; y <= islands.height(); ++y)
      for (int x = 0; x <= islands.width(); ++x) add_edges_at({x, y}, islands);
  }

  // Whether an edge leaves `vertex` in `direction` that no ring has taken yet.
  [[nodiscard]] bool has_free(Vertex vertex, int direction) const {
    return ((out_[index(vertex)] & ~used_[index(vertex)]) & (1U << direction)) != 0;
  }

  // Follows the ring that leaves `start` in `first`, turning right where two ways are possible, so
  // that islands that touch at a corner stay apart. Only corners are kept; closed.
  Path take_ring(Vertex start, int first) {
    Path ring;
    Vertex at = start;
    int direction = first;
    int before = -1;
    do {
      if (direction != before)
        ring.push_back({static_cast<double>(at.x), static_cast<double>(at.y)});
      used_[index(at)] |= static_cast<std::uint8_t>(1U << direction);
      before = direction;
      const Vertex step = kSteps.at(static_cast<std::size_t>(direction));
      at = {at.x + step.x, at.y + step.y};
      direction = next_direction(at, direction);
    } while (at.x != start.x || at.y != start.y || direction != first);
    ring.push_back(ring.front());
    return ring;
  }

 private:
  [[nodiscard]] std::size_t index(Vertex v) const {
    return static_cast<std::size_t>(v.y) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(v.x);
  }

  void add_edges_at(Vertex v, const Islands& islands) {
    const bool north_west = islands.at(v.x - 1, v.y - 1) != 0;
    const bool north_east = islands.at(v.x, v.y - 1) != 0;
    const bool south_west = islands.at(v.x - 1, v.y) != 0;
    const bool south_east = islands.at(v.x, v.y) != 0;
    unsigned out = 0;
    if (south_east && !north_east) out |= 1U << 0;
    if (south_west && !south_east) out |= 1U << 1;
    if (north_west && !south_west) out |= 1U << 2;
    if (north_east && !north_west) out |= 1U << 3;
    out_[index(v)] = static_cast<std::uint8_t>(out);
  }

  [[nodiscard]] int next_direction(Vertex at, int direction) const {
    for (const int turn : {1, 0, 3}) {
      const int next = (direction + turn) % 4;
      if ((out_[index(at)] & (1U << next)) != 0) return next;
    }
    expect(false, "outline without a way on");
    return 0;
  }

  int width_;
  std::vector<std::uint8_t> out_;
  std::vector<std::uint8_t> used_;
};

// Positive for outer rings: rows grow downwards and data lies on the right hand.
double signed_area(const Path& ring) {
  double twice = 0;
  for (std::size_t i = 1; i < ring.size(); ++i)
    twice += ring[i - 1].x * ring[i].y - ring[i].x * ring[i - 1].y;
  return twice / 2;
}

double distance_from_segment(Point p, Point a, Point b) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double length2 = dx * dx + dy * dy;
  const double t =
      length2 > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0.0, 1.0) : 0.0;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

// Marks the points of path[first..last] that stay; a stack instead of recursion, because outlines
// can be long.
void mark_corners(const Path& path, std::pair<std::size_t, std::size_t> whole, double tolerance,
                  std::vector<bool>& keep) {
  std::vector<std::pair<std::size_t, std::size_t>> open{whole};
  while (!open.empty()) {
    const auto [first, last] = open.back();
    open.pop_back();
    double largest = tolerance;
    std::size_t corner = 0;
    for (std::size_t i = first + 1; i < last; ++i) {
      const double distance = distance_from_segment(path[i], path[first], path[last]);
      if (distance <= largest) continue;
      largest = distance;
      corner = i;
    }
    if (corner == 0) continue;
    keep[corner] = true;
    open.emplace_back(first, corner);
    open.emplace_back(corner, last);
  }
}

std::size_t farthest_from_first(const Path& path) {
  const auto distance = [&](const Point& p) {
    return std::hypot(p.x - path.front().x, p.y - path.front().y);
  };
  return static_cast<std::size_t>(std::ranges::max_element(path, {}, distance) - path.begin());
}

Path straightened(Path ring, const OutlineOptions& options) {
  // Small rings would lose their corners.
  constexpr double kSmallArea = 16;
  if (options.tolerance <= 0 || std::abs(signed_area(ring)) < kSmallArea) return ring;
  return simplified(ring, options.tolerance);
}

}  // namespace

Path simplified(const Path& path, double tolerance) {
  if (path.size() < 5) return path;
  std::vector<bool> keep(path.size(), false);
  keep.front() = keep.back() = true;
  const bool closed = path.front() == path.back();
  const std::size_t split = closed ? farthest_from_first(path) : path.size() - 1;
  keep[split] = true;
  mark_corners(path, {0, split}, tolerance, keep);
  if (closed) mark_corners(path, {split, path.size() - 1}, tolerance, keep);
  Path result;
  for (std::size_t i = 0; i < path.size(); ++i)
    if (keep[i]) result.push_back(path[i]);
  return closed && result.size() < 4 ? path : result;
}

Geometry mask_outline(std::span<const std::uint8_t> mask, int width, int height,
                      const OutlineOptions& options) {
  Islands islands(mask, width, height);
  islands.drop_small(options.min_cells);
  Edges edges(islands);
  std::vector<std::vector<Path>> parts(islands.count());
  // In rows from the top, a ring shows itself first by an eastward edge along the upper side of an
  // island or a westward one along the upper side of a hole.
  for (int y = 0; y <= height; ++y)
    for (int x = 0; x < width; ++x) {
      if (edges.has_free({x, y}, 0))
        parts[islands.at(x, y) - 1] = {straightened(edges.take_ring({x, y}, 0), options)};
      if (!edges.has_free({x + 1, y}, 2)) continue;
      const Path hole = edges.take_ring({x + 1, y}, 2);
      if (-signed_area(hole) > options.min_cells)
        parts[islands.at(x, y - 1) - 1].push_back(straightened(hole, options));
    }
  std::erase_if(parts, [](const auto& part) { return part.empty(); });
  return {GeometryKind::polygon, std::move(parts)};
}

}  // namespace skyglot
