// SPDX-License-Identifier: Apache-2.0
#include "simulate/layout.hpp"

#include "base/random.hpp"
#include "simulate/names.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace skyglot::simulate {

double half_width_m(Rank rank) {
  static constexpr std::array kHalf{0.0, 1.1, 1.5, 2.9, 3.4, 3.8, 4.6, 0.0, 0.0};
  return kHalf.at(static_cast<std::size_t>(rank));
}

double half_reserve_m(Rank rank) {
  static constexpr std::array kHalf{0.6, 1.8, 2.4, 5.2, 6.2, 7.2, 8.6, 0.0, 0.0};
  return kHalf.at(static_cast<std::size_t>(rank));
}

namespace {

constexpr double kHectare = 10000;

struct OpenCell {
  Cell cell;
  Zone zone = Zone::country;
  bool fixed = false;  // strips and carved places are not split further
};

class Planner {
 public:
  Planner(std::uint64_t seed, double size_m) : random_(seed, "layout"), names_(seed) {
    plan_.size_m = size_m;
    plan_.world_m = 3 * size_m + 1500;
    plan_.radius_m = 0.37 * size_m;
    plan_.river_half_m = (16 + 5 * std::min(size_m / 1000, 5.0)) / 2;
    mirror_ = random_.chance(0.5) ? 1 : -1;
  }
  Layout run();

 private:
  void cut_all(const Line& line, Rank rank);
  void corridor(const Line& middle, double half, std::array<Rank, 2> banks, Zone zone);
  void carve(Point centre, double half_x, double half_y, Zone zone);
  void grow(OpenCell open);
  void finish(const OpenCell& open);
  int add_street(Rank rank, Point a, Point b);
  [[nodiscard]] Zone zone_at(Point p);
  [[nodiscard]] double target_area(Zone zone);
  [[nodiscard]] Rank rank_of_split(Zone zone, double area);
  void main_lines();
  void special_places();

  RandomStream random_;
  NameList names_;
  Layout plan_;
  std::vector<OpenCell> open_;
  double mirror_;
};

int Planner::add_street(Rank rank, Point a, Point b) {
  const bool named = rank >= Rank::residential && rank <= Rank::primary;
  plan_.streets.push_back({rank, a, b, named ? names_.street() : ""});
  return static_cast<int>(plan_.streets.size()) - 1;
}

// One line through the whole world.
void Planner::cut_all(const Line& line, Rank rank) {
  const double h = plan_.world_m / 2;
  const Cell world{{{-h, -h}}, {{h, -h}}, {{h, h}}, {{-h, h}}};
  const auto ends = chord(world, line);
  if (!ends) return;
  const int street = add_street(rank, ends->first, ends->second);
  std::vector<OpenCell> next;
  for (const OpenCell& open : open_) {
    auto [left, right] = split(open.cell, line, street);
    if (!left.empty()) next.push_back({left, open.zone, open.fixed});
    if (!right.empty()) next.push_back({right, open.zone, open.fixed});
  }
  open_ = std::move(next);
}

void Planner::corridor(const Line& middle, double half, std::array<Rank, 2> banks, Zone zone) {
  const Point normal{-middle.direction.y, middle.direction.x};
  for (int side = 0; side < 2; ++side) {
    const double offset = side == 0 ? half : -half;
    cut_all({{middle.on.x + normal.x * offset, middle.on.y + normal.y * offset}, middle.direction},
            banks.at(static_cast<std::size_t>(side)));
  }
  for (OpenCell& open : open_) {
    if (std::abs(side_of(middle, centroid_of(corners_of(open.cell)))) > half) continue;
    open.zone = zone;
    open.fixed = true;
  }
}

void Planner::carve(Point centre, double half_x, double half_y, Zone zone) {
  const auto holds = [&](const OpenCell& open) {
    return !open.fixed && inside_convex(corners_of(open.cell), centre, 10);
  };
  const auto found = std::ranges::find_if(open_, holds);
  if (found == open_.end()) return;
  OpenCell rest = *found;
  open_.erase(found);
  const std::array<Line, 4> sides{
      Line{{centre.x, centre.y - half_y}, {1, 0}}, Line{{centre.x, centre.y + half_y}, {-1, 0}},
      Line{{centre.x - half_x, centre.y}, {0, -1}}, Line{{centre.x + half_x, centre.y}, {0, 1}}};
  for (const Line& side : sides) {
    const auto ends = chord(rest.cell, side);
    if (!ends) continue;
    const int street = add_street(Rank::track, ends->first, ends->second);
    auto [inner, outer] = split(rest.cell, side, street);
    if (!outer.empty()) open_.push_back({outer, rest.zone, false});
    rest.cell = inner;
  }
  open_.push_back({rest.cell, zone, true});
  if (zone == Zone::airfield) plan_.straight.push_back({Frame{centre, {1, 0}}, half_x, half_y});
}

Zone Planner::zone_at(Point p) {
  const double half = plan_.size_m / 2;
  const double bend =
      0.12 * std::sin(p.x / plan_.radius_m * 4) * std::cos(p.y / plan_.radius_m * 3);
  const double d = std::hypot(p.x, p.y) / plan_.radius_m + bend;
  if (side_of(plan_.rail, p) < 0 && d < 1.3) return Zone::industry;
  if (d < 0.27) return Zone::centre;
  if (d < 0.6) return Zone::inner;
  if (d < 1.05) return Zone::suburb;
  return std::max(std::abs(p.x), std::abs(p.y)) < half * 1.1 ? Zone::country : Zone::far;
}

double Planner::target_area(Zone zone) {
  switch (zone) {
    case Zone::centre:
      return random_.uniform(0.7, 1.3) * kHectare;
    case Zone::inner:
      return random_.uniform(0.9, 1.8) * kHectare;
    case Zone::suburb:
      return random_.uniform(1.1, 2.2) * kHectare;
    case Zone::industry:
      return random_.uniform(2.5, 7) * kHectare;
    case Zone::far:
      return random_.uniform(9, random_.chance(0.12) ? 90 : 30) * kHectare;
    default:
      return random_.uniform(4, 14) * kHectare;
  }
}

Rank Planner::rank_of_split(Zone zone, double area) {
  if (zone == Zone::far || zone == Zone::country) {
    if (area > 160 * kHectare) return Rank::tertiary;
    if (area > 40 * kHectare) return Rank::track;
    return random_.chance(0.35) ? Rank::track : Rank::none;
  }
  if (zone == Zone::industry) return area > 12 * kHectare ? Rank::tertiary : Rank::residential;
  return area > 14 * kHectare ? Rank::tertiary : Rank::residential;
}

void Planner::grow(OpenCell open) {
  const Path path = corners_of(open.cell);
  const double area = area_of(path);
  const OrientedBox box = oriented_box(path);
  const Zone zone = zone_at(centroid_of(path));
  const bool thin = box.half_v < (zone == Zone::centre ? 30 : 42) && box.half_u < 3 * box.half_v;
  if (open.fixed || area < target_area(zone) || thin) {
    if (!open.fixed) open.zone = zone;
    finish(open);
    return;
  }
  const bool wild = zone == Zone::country || zone == Zone::far;
  // Streets of houses want blocks two gardens deep, so wide blocks are also cut along.
  const bool lengthwise = !wild && box.half_v > 62 && box.half_u < 2.2 * box.half_v;
  const double shift = random_.uniform(-0.28, 0.28);
  const Frame at =
      box.frame.moved(lengthwise ? 0 : box.half_u * shift, lengthwise ? box.half_v * shift : 0,
                      random_.uniform(-1, 1) * (wild ? 0.34 : 0.13));
  const Line cut{at.origin, lengthwise ? at.axis : Point{-at.axis.y, at.axis.x}};
  const auto ends = chord(open.cell, cut);
  if (!ends) return finish(open);
  const int street = add_street(rank_of_split(zone, area), ends->first, ends->second);
  const auto [left, right] = split(open.cell, cut, street);
  for (const Cell& part : {left, right})
    if (!part.empty()) grow({part, open.zone, false});
}

void Planner::finish(const OpenCell& open) {
  const auto margin = [&](int street) {
    return street < 0 ? 0.0
                      : half_reserve_m(plan_.streets.at(static_cast<std::size_t>(street)).rank);
  };
  Block block{corners_of(open.cell), inset(open.cell, margin), {}, open.zone};
  block.plot = corners_of(block.edges);
  if (block.plot.size() >= 3 && area_of(block.plot) > 150) plan_.blocks.push_back(std::move(block));
}

void Planner::main_lines() {
  const double r = plan_.radius_m;
  const double h = plan_.world_m / 2;
  open_ = {{Cell{{{-h, -h}}, {{h, -h}}, {{h, h}}, {{-h, h}}}, Zone::country, false}};
  plan_.river = {{0, 0.13 * r}, direction_of(random_.uniform(-0.06, 0.06))};
  plan_.rail = {{0, -0.66 * r}, direction_of(random_.uniform(-0.07, 0.07))};
  corridor(plan_.river, plan_.river_half_m + 22, {Rank::residential, Rank::path}, Zone::river);
  corridor(plan_.rail, 15, {Rank::residential, Rank::none}, Zone::rail);
  const double up = std::acos(-1.0) / 2;
  const Line across{{0.02 * r, -0.1 * r}, direction_of(up + mirror_ * random_.uniform(0.02, 0.09))};
  const Line along{{0, -0.14 * r}, direction_of(random_.uniform(-0.1, 0.1))};
  const Line second{{-mirror_ * 0.44 * r, 0}, direction_of(up + random_.uniform(-0.05, 0.05))};
  cut_all(across, Rank::primary);
  cut_all(along, Rank::secondary);
  cut_all(second, Rank::secondary);
  // Where the secondary roads cross.
  const double t =
      cross(minus(along.on, second.on), along.direction) / cross(second.direction, along.direction);
  plan_.roundabout = {second.on.x + second.direction.x * t, second.on.y + second.direction.y * t};
}

void Planner::special_places() {
  const double s = plan_.size_m;
  if (s >= 1400)
    carve({mirror_ * 0.30 * s, 0.40 * s}, std::min(520.0, 0.19 * s), std::min(150.0, 0.06 * s),
          Zone::airfield);
  carve({-mirror_ * 0.33 * s, 0.35 * s}, std::min(600.0, 0.125 * s), std::min(450.0, 0.1 * s),
        Zone::lake);
  carve({mirror_ * 0.5 * s, -0.95 * s}, std::min(1500.0, 0.3 * s), std::min(1000.0, 0.22 * s),
        Zone::great_lake);
}

Layout Planner::run() {
  main_lines();
  special_places();
  const std::vector<OpenCell> start = std::move(open_);
  for (const OpenCell& open : start) grow(open);
  return std::move(plan_);
}

}  // namespace

Layout lay_out(std::uint64_t seed, double size_m) {
  return Planner(seed, size_m).run();
}

}  // namespace skyglot::simulate
