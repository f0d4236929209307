// SPDX-License-Identifier: Apache-2.0
#include "simulate/canvas.hpp"

#include "base/hash.hpp"
#include "simulate/cells.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace skyglot::simulate {
namespace {

struct CrownSpot {
  Point pixel;
  double radius_px;
  float height_m;
  TreeKind kind;
  std::uint32_t seed;
};

class Painter {
 public:
  Painter(const SceneShapes& shapes, const PixelWindow& window, const NoiseTile& noise)
      : shapes_(shapes),
        noise_(noise),
        plan_(shapes.projection().plan_from_pixel()),
        pixel_from_plan_(inverse(plan_)) {
    canvas_.window = window;
    const auto count =
        static_cast<std::size_t>(window.width) * static_cast<std::size_t>(window.height);
    canvas_.id.assign(count, kNothing);
    canvas_.height_m.assign(count, 0.0F);
    crossings_.resize(static_cast<std::size_t>(window.height));
  }
  Canvas run();

 private:
  void fill(const SceneShapes::Item& item);
  void add_edge(Point a, Point b);
  void fill_span(int y, int x0, int x1, const Shape& shape, PixelId id);
  [[nodiscard]] std::vector<CrownSpot> stands() const;
  void add_stand_tree(std::int64_t column, std::int64_t row, std::vector<CrownSpot>& spots) const;
  void crown(const CrownSpot& spot);
  [[nodiscard]] Box window_box() const;

  const SceneShapes& shapes_;
  const NoiseTile& noise_;
  const GeoTransform& plan_;
  GeoTransform pixel_from_plan_;
  Canvas canvas_;
  std::vector<std::vector<float>> crossings_;  // per row of the window
};

Box Painter::window_box() const {
  const PixelWindow& w = canvas_.window;
  return {static_cast<double>(w.x), static_cast<double>(w.y), static_cast<double>(w.x) + w.width,
          static_cast<double>(w.y) + w.height};
}

// Notes where the edge crosses the middle of each pixel row.
void Painter::add_edge(Point a, Point b) {
  if (a.y > b.y) std::swap(a, b);
  const PixelWindow& w = canvas_.window;
  const int first = std::max(w.y, static_cast<int>(std::ceil(std::max(a.y - 0.5, -1e9))));
  const int last = std::min(w.y + w.height, static_cast<int>(std::ceil(std::min(b.y - 0.5, 1e9))));
  if (first >= last) return;
  const double slope = (b.x - a.x) / (b.y - a.y);
  for (int y = first; y < last; ++y)
    crossings_[static_cast<std::size_t>(y - w.y)].push_back(
        static_cast<float>(a.x + (y + 0.5 - a.y) * slope - w.x));
}

double edge_distance(const Shape& shape, Point p) {
  double best = std::numeric_limits<double>::infinity();
  for (const Path& ring : shape.rings)
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
      const Point d = minus(ring[i + 1], ring[i]);
      const Point from = minus(p, ring[i]);
      const double length2 = dot(d, d);
      if (length2 <= 0) continue;
      const double t = std::clamp(dot(from, d) / length2, 0.0, 1.0);
      const Point off{from.x - d.x * t, from.y - d.y * t};
      best = std::min(best, dot(off, off));
    }
  return std::sqrt(best);
}

// Height of the roof above the eaves, as a share of its ridge.
double roof_share(const Shape& shape, Point plan) {
  const Point p = shape.frame.local(plan);
  const double hu = shape.half_u;
  const double hv = shape.half_v;
  const double r2 = (p.x * p.x + p.y * p.y) / (hu * hu);
  switch (shape.roof) {
    case Roof::gabled:
      return 1 - std::abs(p.y) / hv;
    case Roof::hipped:
      return std::min(hu - std::abs(p.x), hv - std::abs(p.y)) / hv;
    case Roof::skillion:
      return (p.y + hv) / (2 * hv);
    case Roof::round:
      return std::sqrt(std::max(0.0, 1 - p.y * p.y / (hv * hv)));
    case Roof::dome:
      return std::sqrt(std::max(0.0, 1 - r2));
    case Roof::cone:
      return 1 - std::sqrt(r2);
    case Roof::sawtooth:
      return (p.x + hu) / 8 - std::floor((p.x + hu) / 8);
    case Roof::ring:
      return std::min(1.0, edge_distance(shape, plan) / hv);
    default:
      return 0;
  }
}

void Painter::fill_span(int y, int x0, int x1, const Shape& shape, PixelId id) {
  const std::size_t start = canvas_.at(x0, y);
  const auto count = static_cast<std::size_t>(x1 - x0);
  std::fill_n(canvas_.id.begin() + static_cast<std::ptrdiff_t>(start), count, id);
  std::fill_n(canvas_.height_m.begin() + static_cast<std::ptrdiff_t>(start), count, shape.height_m);
  if (shape.roof == Roof::flat) return;
  for (int x = x0; x < x1; ++x) {
    const double share = roof_share(shape, map_from_pixel(plan_, {x + 0.5, y + 0.5}));
    canvas_.height_m[start + static_cast<std::size_t>(x - x0)] +=
        shape.roof_m * static_cast<float>(std::clamp(share, 0.0, 1.0));
  }
}

void Painter::fill(const SceneShapes::Item& item) {
  const PixelWindow& w = canvas_.window;
  for (std::uint32_t r = 0; r < item.ring_count; ++r) {
    const Path& ring = shapes_.ring(item.first_ring + r);
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) add_edge(ring[i], ring[i + 1]);
  }
  const Shape& shape = shapes_.town().shapes[item.shape];
  const int first = std::max(w.y, static_cast<int>(std::floor(item.box.min_y)));
  const int last = std::min(w.y + w.height, static_cast<int>(std::ceil(item.box.max_y)) + 1);
  for (int y = first; y < last; ++y) {
    std::vector<float>& xs = crossings_[static_cast<std::size_t>(y - w.y)];
    std::ranges::sort(xs);
    for (std::size_t i = 0; i + 1 < xs.size(); i += 2) {
      const auto limit = static_cast<float>(w.width);
      const int x0 = static_cast<int>(std::ceil(std::clamp(xs[i] - 0.5F, 0.0F, limit)));
      const int x1 = static_cast<int>(std::ceil(std::clamp(xs[i + 1] - 0.5F, 0.0F, limit)));
      if (x1 > x0) fill_span(y, w.x + x0, w.x + x1, shape, item.shape + 1);
    }
    xs.clear();
  }
}

// One tree of a forest: places come from a jittered grid over the plan, so that every window and
// every scene finds the same trees.
constexpr double kStandCell_m = 4.0;

void Painter::add_stand_tree(std::int64_t column, std::int64_t row,
                             std::vector<CrownSpot>& spots) const {
  const std::uint64_t h = mix(static_cast<std::uint64_t>(column), static_cast<std::uint64_t>(row));
  const auto part = [&](int shift) { return static_cast<double>((h >> shift) & 0xFFFU) / 4096; };
  const Point plan{(static_cast<double>(column) + part(0)) * kStandCell_m,
                   (static_cast<double>(row) + part(12)) * kStandCell_m};

  const Point pixel = map_from_pixel(pixel_from_plan_, plan);
  const PixelWindow& w = canvas_.window;
  const int x = static_cast<int>(std::floor(pixel.x));
  const int y = static_cast<int>(std::floor(pixel.y));
  if (x < w.x || y < w.y || x >= w.x + w.width || y >= w.y + w.height) return;
  const PixelId id = canvas_.id[canvas_.at(x, y)];
  if (id == kNothing || is_tree(id)) return;
  const Shape& shape = shapes_.town().shapes[shape_of(id)];
  if (shape.tree_gap_m <= 0) return;
  const double share = kStandCell_m * kStandCell_m / (shape.tree_gap_m * shape.tree_gap_m);
  if (part(24) >= share) return;
  const bool conifer = part(36) < shape.conifers;
  const bool bush = shape.surface != Surface::forest_floor;
  const double size = (bush ? 1.0 : conifer ? 2.3 : 3.2) * (0.75 + 0.6 * part(48));
  const double height = bush ? size * 1.6 : conifer ? 13 + 8 * part(40) : 11 + 8 * part(40);
  const TreeKind kind = bush ? TreeKind::bush : conifer ? TreeKind::conifer : TreeKind::broadleaf;
  spots.push_back({pixel, size / shapes_.projection().pixel_m(), static_cast<float>(height), kind,
                   static_cast<std::uint32_t>(h >> 16)});
}

std::vector<CrownSpot> Painter::stands() const {
  Box plan;
  const Box w = window_box();
  for (const double x : {w.min_x, w.max_x})
    for (const double y : {w.min_y, w.max_y}) plan.add(map_from_pixel(plan_, {x, y}));
  std::vector<CrownSpot> spots;
  const auto cell = [](double v) {
    return static_cast<std::int64_t>(std::floor(v / kStandCell_m));
  };
  for (std::int64_t row = cell(plan.min_y); row <= cell(plan.max_y); ++row)
    for (std::int64_t column = cell(plan.min_x); column <= cell(plan.max_x); ++column)
      add_stand_tree(column, row, spots);
  return spots;
}

void Painter::crown(const CrownSpot& spot) {
  const PixelWindow& w = canvas_.window;
  const double r = std::max(spot.radius_px, 0.6);
  const int x0 = std::max(w.x, static_cast<int>(std::floor(spot.pixel.x - r)));
  const int x1 = std::min(w.x + w.width - 1, static_cast<int>(std::ceil(spot.pixel.x + r)));
  const int y0 = std::max(w.y, static_cast<int>(std::floor(spot.pixel.y - r)));
  const int y1 = std::min(w.y + w.height - 1, static_cast<int>(std::ceil(spot.pixel.y + r)));
  const bool pointed = spot.kind == TreeKind::conifer;
  const PixelId id = tree_id(spot.kind, spot.seed);
  for (int y = y0; y <= y1; ++y)
    for (int x = x0; x <= x1; ++x) {
      const double dx = (x + 0.5 - spot.pixel.x) / r;
      const double dy = (y + 0.5 - spot.pixel.y) / r;
      const double d2 = dx * dx + dy * dy;
      const double rough = noise_.smooth(x * 0.45 + spot.seed % 509, y * 0.45);
      if (d2 + 0.16 * rough > 0.95) continue;
      const double share =
          pointed ? 1 - 0.75 * std::sqrt(d2) : 0.45 + 0.55 * std::sqrt(std::max(0.0, 1 - d2));
      const auto height = static_cast<float>(spot.height_m * share + 0.35 * rough);
      const std::size_t i = canvas_.at(x, y);
      if (height <= canvas_.height_m[i]) continue;
      canvas_.height_m[i] = height;
      canvas_.id[i] = id;
    }
}

Canvas Painter::run() {
  for (const std::uint32_t row : shapes_.items_in(window_box())) fill(shapes_.item(row));
  for (const CrownSpot& spot : stands()) crown(spot);
  const double pixel_m = shapes_.projection().pixel_m();
  for (const std::uint32_t row : shapes_.trees_in(window_box())) {
    const SceneShapes::ScreenTree& t = shapes_.tree(row);
    crown({t.at, t.tree->radius_m / pixel_m, t.tree->height_m, t.tree->kind, t.tree->seed});
  }
  return std::move(canvas_);
}

}  // namespace

Canvas draw_canvas(const SceneShapes& shapes, const PixelWindow& window, const NoiseTile& noise) {
  return Painter(shapes, window, noise).run();
}

}  // namespace skyglot::simulate
