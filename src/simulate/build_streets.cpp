// SPDX-License-Identifier: Apache-2.0
// Roads: carriageways, pavements, markings, bridges, crossings, cars and street trees.
#include "simulate/builders.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {

struct RoadPiece {
  Path path;  // plan
  bool town = false;
  bool bridge = false;
};

class StreetBuilder {
 public:
  StreetBuilder(Sketch& draw, const Layout& layout) : draw_(draw), layout_(layout) {}
  void run();

 private:
  [[nodiscard]] std::vector<double> stops(const Street& street, std::size_t self);
  [[nodiscard]] std::vector<RoadPiece> pieces(const Street& street, std::size_t self);
  [[nodiscard]] bool is_town(Point layout) const {
    return std::hypot(layout.x, layout.y) < layout_.radius_m * 1.12;
  }
  [[nodiscard]] bool is_bridge(Point layout) const {
    return std::abs(side_of(layout_.river, layout)) < layout_.river_half_m + 8;
  }
  void road(const Street& street, const RoadPiece& piece);
  void furniture(const Street& street, const RoadPiece& piece);
  void markings(const Street& street, const Path& path);
  void crossing(const Frame& at, double half_width);
  void roundabout();
  [[nodiscard]] Tags road_tags(const Street& street, const RoadPiece& piece);
  [[nodiscard]] double to_junction(Point plan) const;

  Sketch& draw_;
  const Layout& layout_;
  std::vector<Point> junctions_;  // of the street being built, plan
};

// Where other streets end on this one or cross it, and points between: shares of its length.
std::vector<double> StreetBuilder::stops(const Street& street, std::size_t self) {
  const double length = distance(street.a, street.b);
  const Line line{street.a, unit(minus(street.b, street.a))};
  std::vector<double> shares{0, 1};
  junctions_ = {draw_.warp(street.a), draw_.warp(street.b)};
  const auto touch = [&](Point p, Rank rank) {
    const double t = dot(minus(p, street.a), line.direction) / length;
    if (t < -1e-9 || t > 1 + 1e-9) return;
    shares.push_back(std::clamp(t, 0.0, 1.0));
    if (rank >= Rank::residential) junctions_.push_back(draw_.warp(p));
  };
  for (std::size_t i = 0; i < layout_.streets.size(); ++i) {
    const Street& other = layout_.streets[i];
    if (i == self || other.rank == Rank::none) continue;
    const double da = side_of(line, other.a);
    const double db = side_of(line, other.b);
    if (std::abs(da) < 0.01) touch(other.a, other.rank);
    if (std::abs(db) < 0.01) touch(other.b, other.rank);
    if (std::abs(da) < 0.01 || std::abs(db) < 0.01 || (da > 0) == (db > 0)) continue;
    touch(between(other.a, other.b, da / (da - db)), other.rank);
  }
  const int steps = std::max(1, static_cast<int>(length / 25));
  for (int i = 1; i < steps; ++i) shares.push_back(static_cast<double>(i) / steps);
  std::ranges::sort(shares);
  const auto near = [&](double a, double b) { return (b - a) * length < 0.02; };
  shares.erase(std::unique(shares.begin(), shares.end(), near), shares.end());
  return shares;
}

std::vector<RoadPiece> StreetBuilder::pieces(const Street& street, std::size_t self) {
  std::vector<RoadPiece> pieces;
  const std::vector<double> shares = stops(street, self);
  for (std::size_t i = 0; i + 1 < shares.size(); ++i) {
    const Point middle = between(street.a, street.b, (shares[i] + shares[i + 1]) / 2);
    const bool town = is_town(middle);
    const bool bridge = is_bridge(middle);
    if (pieces.empty() || pieces.back().town != town || pieces.back().bridge != bridge)
      pieces.push_back({{draw_.warp(between(street.a, street.b, shares[i]))}, town, bridge});
    pieces.back().path.push_back(draw_.warp(between(street.a, street.b, shares[i + 1])));
  }
  return pieces;
}

Tags StreetBuilder::road_tags(const Street& street, const RoadPiece& piece) {
  RandomStream& r = draw_.random();
  static constexpr std::array kHighway{"",         "cycleway",  "track",  "residential",
                                       "tertiary", "secondary", "primary"};
  const bool living = street.rank == Rank::residential && r.chance(0.12);
  std::string kind = kHighway.at(static_cast<std::size_t>(street.rank));
  if (living) kind = "living_street";
  if (street.rank == Rank::residential && !piece.town) kind = "unclassified";
  const bool paved = street.rank >= Rank::residential || street.rank == Rank::path;
  Tags tags = make_tags({{"highway", kind},
                         {"name", street.name},
                         {"surface", paved ? "asphalt" : (r.chance(0.5) ? "gravel" : "ground")},
                         {"source", r.chance(0.15) ? "simulated survey" : ""}});
  if (street.rank == Rank::track) set_tag(tags, "tracktype", r.chance(0.5) ? "grade2" : "grade4");
  if (street.rank == Rank::path) set_tag(tags, "foot", "designated");
  if (street.rank >= Rank::residential) {
    set_tag(tags, "maxspeed",
            piece.town ? (living                             ? "20"
                          : street.rank == Rank::residential ? "30"
                                                             : "50")
                       : "80");
    if (r.chance(0.6)) set_tag(tags, "smoothness", r.chance(0.7) ? "good" : "intermediate");
    if (piece.town && r.chance(0.6)) set_tag(tags, "lit", "yes");
  }
  if (street.rank >= Rank::tertiary) set_tag(tags, "lanes", "2");
  if (street.rank == Rank::primary) set_tag(tags, "ref", "B 7");
  if (piece.bridge) {
    set_tag(tags, "bridge", "yes");
    set_tag(tags, "layer", "1");
  }
  return tags;
}

double StreetBuilder::to_junction(Point plan) const {
  double best = 1e9;
  for (const Point p : junctions_) best = std::min(best, distance(p, plan));
  return best;
}

void StreetBuilder::markings(const Street& street, const Path& path) {
  if (street.rank < Rank::tertiary) return;
  for (const Frame& at : along(path, 9, 4))
    if (to_junction(at.origin) > 9) draw_.paint(at, 2, 0.14, Surface::paint_white, level::kMarking);
  if (street.rank < Rank::secondary) return;
  for (const double side : {-1.0, 1.0}) {
    const Path edge = beside(path, side * (half_width_m(street.rank) - 0.35));
    for (const Frame& at : along(edge, 4, 2))
      if (to_junction(at.origin) > 11)
        draw_.paint(at, 2.05, 0.11, Surface::paint_white, level::kMarking);
  }
}

void StreetBuilder::crossing(const Frame& at, double half_width) {
  for (double v = -half_width + 0.5; v < half_width; v += 1.0)
    draw_.paint(at.moved(0, v), 1.6, 0.27, Surface::paint_white, level::kMarking);
  draw_.node(at.origin,
             make_tags({{"highway", "crossing"}, {"crossing", "zebra"}, {"tactile_paving", "no"}}));
}

// Cars, trees, lamps and crossings beside and on a street in the town.
void StreetBuilder::furniture(const Street& street, const RoadPiece& piece) {
  RandomStream& r = draw_.random();
  const double half = half_width_m(street.rank);
  const bool main = street.rank >= Rank::tertiary;
  for (const Frame& at : along(piece.path, main ? 23 : 6.2, 9)) {
    if (to_junction(at.origin) < 13) continue;
    const double side = r.chance(0.5) ? 1 : -1;
    if (main ? r.chance(0.35) : (side > 0 && r.chance(0.42)))
      draw_.car(
          at.moved(0, -side * (main ? half / 2 : half - 1.0), side > 0 ? 0 : std::numbers::pi));
  }
  if (piece.bridge) return;
  if (main && r.chance(0.7))
    for (const double side : {-1.0, 1.0})
      for (const Frame& at :
           along(beside(piece.path, side * (half_reserve_m(street.rank) - 1.1)), 13, 6))
        if (to_junction(at.origin) > 14 && r.chance(0.8))
          draw_.tree(at.origin, TreeKind::broadleaf, 2.7, r.chance(0.6));
  for (const Frame& at : along(piece.path, 14, 14))
    if (const double d = to_junction(at.origin); d > 10 && d < 17 && main && r.chance(0.6))
      crossing(at, half);
}

void StreetBuilder::road(const Street& street, const RoadPiece& piece) {
  const double half = half_width_m(street.rank);
  const bool paved = street.rank >= Rank::residential;
  if (paved && (piece.town || piece.bridge))
    draw_
        .paint_strip(piece.path,
                     2 * half_reserve_m(street.rank) - (street.rank == Rank::residential ? 1.2 : 2),
                     Surface::paving, level::kVerge)
        .height_m = piece.bridge ? 4.0F : 0.0F;
  else if (paved)
    draw_.paint_strip(piece.path, 2 * half + 3, Surface::meadow, level::kVerge);
  Surface surface = Surface::gravel;
  if (street.rank == Rank::path) surface = Surface::asphalt_worn;
  if (paved) surface = draw_.random().chance(0.35) ? Surface::asphalt_worn : Surface::asphalt;
  const int on = street.rank >= Rank::secondary ? level::kMainRoad
                 : paved                        ? level::kRoad
                                                : level::kPath;
  Shape& shape =
      draw_.paint_strip(piece.path, 2 * half, surface, piece.bridge ? level::kMainRoad : on);
  shape.height_m = piece.bridge ? 4.0F : 0.0F;
  if (street.rank == Rank::track) {
    // Grass grows between the wheels.
    draw_.paint_strip(piece.path, 0.9, Surface::meadow, level::kPath);
  }
  draw_.way(piece.path, road_tags(street, piece));
}

void StreetBuilder::roundabout() {
  const Point at = draw_.warp(layout_.roundabout);
  draw_.paint_disc(at, 20.5, Surface::paving, level::kMainRoad + 1);
  draw_.paint_disc(at, 18, Surface::asphalt, level::kMarking + 1);
  draw_.paint_disc(at, 10.5, Surface::paving, level::kMarking + 1);
  draw_.paint_disc(at, 9.5, Surface::lawn, level::kMarking + 1);
  draw_.tree(at, TreeKind::broadleaf, 4, true);
  draw_.way(circle(at, 14), make_tags({{"highway", "secondary"},
                                       {"junction", "roundabout"},
                                       {"oneway", "yes"},
                                       {"surface", "asphalt"}}));
}

void StreetBuilder::run() {
  for (std::size_t i = 0; i < layout_.streets.size(); ++i) {
    const Street& street = layout_.streets[i];
    if (street.rank == Rank::none || street.rank >= Rank::river) continue;
    draw_.use_stream(RandomStream(draw_.town.seed, "street", {i}));
    for (const RoadPiece& piece : pieces(street, i)) {
      road(street, piece);
      markings(street, piece.path);
      if (piece.town && street.rank >= Rank::residential) furniture(street, piece);
    }
  }
  roundabout();
}

}  // namespace

void build_streets(Sketch& draw, const Layout& layout) {
  StreetBuilder(draw, layout).run();
}

}  // namespace skyglot::simulate
