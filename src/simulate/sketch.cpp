// SPDX-License-Identifier: Apache-2.0
#include "simulate/sketch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {

Tags make_tags(TagList list) {
  Tags tags;
  for (const auto& [key, value] : list)
    if (!value.empty()) tags.push_back({key, value});
  std::ranges::sort(tags);
  return tags;
}

void set_tag(Tags& tags, const std::string& key, std::string value) {
  const auto at = std::ranges::find(tags, key, &Tag::key);
  if (at != tags.end())
    at->value = std::move(value);
  else
    tags.push_back({key, std::move(value)});
  std::ranges::sort(tags);
}

void Sketch::node(Point at, Tags tags) {
  town.features.push_back({FeatureKind::node, std::move(tags), Geometry::point(at)});
}
void Sketch::way(Path path, Tags tags) {
  if (path.size() >= 2)
    town.features.push_back({FeatureKind::way, std::move(tags), Geometry::line(std::move(path))});
}
void Sketch::area(Path ring, Tags tags) {
  area(std::vector<Path>{std::move(ring)}, std::move(tags));
}
void Sketch::area(std::vector<Path> rings, Tags tags) {
  for (Path& ring : rings) ring = closed(std::move(ring));
  if (rings.empty() || rings.front().size() < 4) return;
  town.features.push_back(
      {FeatureKind::area, std::move(tags), {GeometryKind::polygon, {std::move(rings)}}});
}

Rgb Sketch::tinted(Rgb colour, double spread) {
  const double all = random_.uniform(-spread, spread);
  for (std::uint8_t& c : colour) {
    const double own = all + random_.uniform(-spread, spread) * 0.35;
    c = static_cast<std::uint8_t>(std::clamp(c * (1 + own), 0.0, 255.0));
  }
  return colour;
}

Shape& Sketch::paint(std::vector<Path> rings, Surface surface, int level) {
  for (Path& ring : rings) ring = closed(std::move(ring));
  Shape shape;
  shape.rings = std::move(rings);
  shape.surface = surface;
  shape.level = level;
  shape.colour = tinted(look_of(surface).colour, look_of(surface).vegetation ? 0.07 : 0.03);
  shape.frame = {shape.rings.at(0).at(0), {1, 0}};
  town.shapes.push_back(std::move(shape));
  return town.shapes.back();
}

Shape& Sketch::paint(const Frame& frame, double half_u, double half_v, Surface surface, int level) {
  Shape& shape = paint({rectangle(frame, half_u, half_v)}, surface, level);
  shape.frame = frame;
  shape.half_u = static_cast<float>(half_u);
  shape.half_v = static_cast<float>(half_v);
  return shape;
}

Shape& Sketch::paint_strip(const Path& line, double width_m, Surface surface, int level) {
  return paint({strip(line, width_m)}, surface, level);
}

Shape& Sketch::paint_disc(Point at, double radius_m, Surface surface, int level) {
  Shape& shape = paint({circle(at, radius_m)}, surface, level);
  shape.frame = {at, {1, 0}};
  shape.half_u = shape.half_v = static_cast<float>(radius_m);
  return shape;
}

Shape& Sketch::paint_ring_line(Point at, double radius_m, double width_m, Surface surface,
                               int level) {
  return paint({circle(at, radius_m + width_m / 2), circle(at, radius_m - width_m / 2)}, surface,
               level);
}

void Sketch::paint_outline(const Frame& frame, double half_u, double half_v, double width_m) {
  paint({rectangle(frame, half_u, half_v), rectangle(frame, half_u - width_m, half_v - width_m)},
        Surface::paint_white, level::kLines);
}

void Sketch::roof(std::vector<Path> rings, const Frame& frame, double half_u, double half_v,
                  const BuildingLook& look) {
  Shape& shape = paint(std::move(rings), look.surface, level::kBuilding);
  shape.frame = frame;
  shape.half_u = static_cast<float>(half_u);
  shape.half_v = static_cast<float>(half_v);
  shape.roof = look.roof;
  shape.height_m = static_cast<float>(look.height_m > 0 ? look.height_m : look.levels * 2.9 + 0.4);
  shape.roof_m = static_cast<float>(look.roof_m);
  if (look.surface == Surface::roof_tile) {
    static constexpr std::array<Rgb, 8> kTiles{{{152, 98, 80},
                                                {142, 92, 76},
                                                {160, 112, 92},
                                                {128, 90, 78},
                                                {116, 92, 84},
                                                {98, 94, 94},
                                                {84, 83, 86},
                                                {148, 118, 102}}};
    shape.colour = tinted(kTiles.at(random_.index(kTiles.size())), 0.10);
  } else if (look.surface == Surface::roof_flat || look.surface == Surface::roof_metal) {
    shape.colour = tinted(shape.colour, 0.22);
  }
}

namespace {

const char* roof_shape(const BuildingLook& look, double half_u, double half_v) {
  switch (look.roof) {
    case Roof::gabled:
      return "gabled";
    case Roof::hipped:
      return std::abs(half_u - half_v) < 0.6 ? "pyramidal" : "hipped";
    case Roof::skillion:
      return "skillion";
    case Roof::round:
      return "round";
    case Roof::dome:
      return "dome";
    case Roof::cone:
      return "cone";
    case Roof::sawtooth:
      return "sawtooth";
    case Roof::ring:
      return "hipped";
    default:
      return "flat";
  }
}

}  // namespace

void Sketch::building(const Frame& frame, double half_u, double half_v, const BuildingLook& look,
                      Tags tags) {
  BuildingLook drawn = look;
  if (drawn.roof_m <= 0 && drawn.roof != Roof::flat)
    drawn.roof_m = half_v * random_.uniform(0.6, 0.9);
  const bool round = look.roof == Roof::dome || look.roof == Roof::cone;
  const Path outline = round ? circle(frame.origin, half_u) : rectangle(frame, half_u, half_v);
  roof({outline}, frame, half_u, half_v, drawn);
  set_tag(tags, "building", look.kind);
  if (look.levels > 0) set_tag(tags, "building:levels", std::to_string(look.levels));
  if (random_.chance(0.8)) set_tag(tags, "roof:shape", roof_shape(look, half_u, half_v));
  area(outline, std::move(tags));
}

void Sketch::tree(Point at, TreeKind kind, double size, bool mapped) {
  Tree tree;
  tree.at = at;
  tree.kind = kind;
  tree.radius_m = static_cast<float>(size * random_.uniform(0.8, 1.25));
  tree.height_m = tree.radius_m * (kind == TreeKind::conifer  ? 3.6F
                                   : kind == TreeKind::poplar ? 4.5F
                                                              : 2.2F);
  tree.seed = static_cast<std::uint32_t>(random_.next());
  town.trees.push_back(tree);
  if (!mapped) return;
  node(at,
       make_tags({{"natural", "tree"},
                  {"leaf_type", kind == TreeKind::conifer ? "needleleaved" : "broadleaved"},
                  {"height",
                   random_.chance(0.2) ? std::to_string(static_cast<int>(tree.height_m)) : ""}}));
}

void Sketch::tree_row(const Path& line, double step_m, TreeKind kind, bool mapped) {
  for (const Frame& at : along(line, step_m, step_m / 2))
    tree(at.at(random_.uniform(-0.6, 0.6), 0), kind, kind == TreeKind::poplar ? 2.2 : 3.2);
  if (mapped) way(line, make_tags({{"natural", "tree_row"}, {"denotation", "avenue"}}));
}

void Sketch::car(const Frame& frame) {
  static constexpr std::array<Rgb, 9> kPaint{{{226, 226, 226},
                                              {206, 208, 210},
                                              {150, 154, 158},
                                              {84, 88, 94},
                                              {46, 48, 52},
                                              {40, 42, 46},
                                              {150, 50, 44},
                                              {52, 76, 124},
                                              {190, 186, 172}}};
  const Rgb colour = tinted(kPaint.at(random_.index(kPaint.size())), 0.05);
  Shape& body = paint(frame, 2.15, 0.92, Surface::car, level::kCar);
  body.colour = colour;
  body.height_m = 1.0F;
  Shape& cabin = paint(frame.moved(-0.25, 0), 1.35, 0.72, Surface::car_glass, level::kCar);
  cabin.height_m = 1.2F;
  Shape& top = paint(frame.moved(-0.3, 0), 0.75, 0.74, Surface::car, level::kCar);
  top.colour = colour;
  top.height_m = 1.5F;
}

void Sketch::truck(const Frame& frame) {
  static constexpr std::array<Rgb, 5> kPaint{
      {{226, 226, 224}, {200, 202, 204}, {60, 86, 130}, {156, 60, 50}, {72, 108, 84}}};
  Shape& trailer = paint(frame, 6.2, 1.25, Surface::car, level::kCar);
  trailer.colour = tinted(kPaint.at(random_.index(kPaint.size())), 0.06);
  trailer.height_m = 3.9F;
  Shape& cab = paint(frame.moved(7.8, 0), 1.2, 1.2, Surface::car, level::kCar);
  cab.colour = tinted(kPaint.at(random_.index(kPaint.size())), 0.06);
  cab.height_m = 3.1F;
}

void Sketch::hedge(const Path& line, bool mapped) {
  paint_strip(line, 1.1, Surface::hedge, level::kHedge).height_m = 1.5F;
  if (mapped) way(line, make_tags({{"barrier", "hedge"}}));
}

void Sketch::parking(const Frame& frame, double half_u, double half_v, double fill, Tags tags) {
  paint(frame, half_u, half_v, Surface::asphalt, level::kPlace);
  set_tag(tags, "amenity", "parking");
  int bays = 0;
  // Two rows of bays share a lane of six metres: 5 + 6 + 5.
  for (double v = -half_v + 2.5; v + 2.5 <= half_v + 0.01; v += (bays++ % 2 == 0 ? 11.0 : 5.0)) {
    for (double u = -half_u + 1; u + 2.5 < half_u; u += 2.5) {
      paint(frame.moved(u, v), 0.16, 2.4, Surface::paint_white, level::kLines);
      const bool forward = random_.chance(0.5);
      if (random_.chance(fill))
        car(frame.moved(u + 1.25, v + random_.uniform(-0.3, 0.3),
                        (forward ? 1 : -1) * std::numbers::pi / 2));
    }
  }
  area(rectangle(frame, half_u, half_v), std::move(tags));
}

void Sketch::pool(const Frame& frame, double half_u, double half_v) {
  paint(frame, half_u + 1.6, half_v + 1.6, Surface::paving, level::kPlace);
  paint(frame, half_u, half_v, Surface::water_pool, level::kLines);
  area(rectangle(frame, half_u, half_v),
       make_tags({{"leisure", "swimming_pool"}, {"access", half_u < 8 ? "private" : ""}}));
}

}  // namespace skyglot::simulate
