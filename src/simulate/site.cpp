// SPDX-License-Identifier: Apache-2.0
#include "simulate/site.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {

std::array<Point, 4> corners(const Frame& f, double u, double v) {
  return {f.at(-u, -v), f.at(u, -v), f.at(u, v), f.at(-u, v)};
}

// Whether the axis of rectangle `f` parts it from the other corners.
bool parted(const Frame& f, double half_u, double half_v, const std::array<Point, 4>& other) {
  Box box;
  for (const Point p : other) box.add(f.local(p));
  return box.min_x > half_u || box.max_x < -half_u || box.min_y > half_v || box.max_y < -half_v;
}

}  // namespace

Site::Site(Sketch& sketch, const Layout& plan_layout, const Block& built, std::uint64_t key)
    : draw(sketch),
      layout(plan_layout),
      block(built),
      box(oriented_box(built.plot)),
      random(sketch.town.seed, "site", {key}) {
  sketch.use_stream(RandomStream(sketch.town.seed, "sketch", {key}));
  reserve({layout.roundabout, {1, 0}}, 24, 24);
}

Frame Site::at(double u, double v, double turn) const {
  return plan(box.frame.moved(u, v, turn));
}

bool Site::is_free(const Frame& where, double half_u, double half_v, double margin) const {
  const auto mine = corners(where, half_u, half_v);
  for (const Point p : mine)
    if (!inside_convex(block.plot, p, margin)) return false;
  return std::ranges::all_of(claims_, [&](const Claim& claim) {
    return parted(where, half_u + margin, half_v + margin,
                  corners(claim.frame, claim.half_u, claim.half_v)) ||
           parted(claim.frame, claim.half_u, claim.half_v,
                  corners(where, half_u + margin, half_v + margin));
  });
}

bool Site::claim(const Frame& where, double half_u, double half_v, double margin) {
  if (!is_free(where, half_u, half_v, margin)) return false;
  reserve(where, half_u, half_v);
  return true;
}

bool Site::claim(double u, double v, double half_u, double half_v, double margin) {
  return claim(box.frame.moved(u, v), half_u, half_v, margin);
}

void Site::reserve(const Frame& where, double half_u, double half_v) {
  claims_.push_back({where, half_u, half_v});
}

Site::Fit Site::fit(double half_u, double half_v, double least) const {
  Fit best;
  for (const double turn : {0.0, std::numbers::pi / 2})
    for (double scale = 1; scale >= least && scale > best.scale; scale -= 0.05)
      if (is_free(box.frame.moved(0, 0, turn), half_u * scale, half_v * scale, 1))
        best = {scale, turn};
  return best;
}

Frame Site::anywhere() {
  const Point place = point_in({-box.half_u, -box.half_v, box.half_u, box.half_v}, random);
  return box.frame.moved(place.x, place.y);
}

void Site::scatter_trees(int count, double size, double conifers, bool mapped) {
  for (int i = 0; i < count; ++i) {
    const Frame where = anywhere();
    if (!is_free(where, size, size, 0.6)) continue;
    const TreeKind kind = random.chance(conifers) ? TreeKind::conifer : TreeKind::broadleaf;
    const bool on_map = mapped && random.chance(0.5);
    draw.tree(plan(where).origin, kind, size * random.uniform(0.6, 1.15), on_map);
  }
}

Shape& Site::ground(Surface surface) {
  Shape& shape = draw.paint({plot_ring()}, surface, level::kGround);
  shape.frame = at(0, 0);
  return shape;
}

Tags Site::address(std::size_t edge, int number) const {
  const int street = block.edges.at(edge).street;
  if (street < 0) return {};
  const std::string& name = layout.streets.at(static_cast<std::size_t>(street)).name;
  if (name.empty()) return {};
  return make_tags({{"addr:street", name},
                    {"addr:housenumber", std::to_string(number)},
                    {"addr:city", NameList::town(draw.town.seed)},
                    {"addr:postcode", "00" + std::to_string(100 + draw.town.seed % 900)}});
}

}  // namespace skyglot::simulate
