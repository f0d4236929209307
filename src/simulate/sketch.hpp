// SPDX-License-Identifier: Apache-2.0
// The pencil of the town's builders: every call adds map objects, painted shapes, or both.
#pragma once

#include "base/random.hpp"
#include "simulate/layout.hpp"
#include "simulate/names.hpp"
#include "simulate/town.hpp"
#include "simulate/warp.hpp"

#include <initializer_list>
#include <string>
#include <utility>

namespace skyglot::simulate {

using TagList = std::initializer_list<std::pair<const char*, std::string>>;
/// Sorted by key; empty values are left out.
[[nodiscard]] Tags make_tags(TagList list);
void set_tag(Tags& tags, const std::string& key, std::string value);

/// Painting order.
namespace level {
inline constexpr int kLand = 0;
inline constexpr int kGround = 10;
inline constexpr int kWater = 20;
inline constexpr int kVerge = 30;
inline constexpr int kPath = 34;
inline constexpr int kRoad = 36;
inline constexpr int kMainRoad = 40;
inline constexpr int kMarking = 46;
inline constexpr int kPlace = 50;
inline constexpr int kLines = 52;
inline constexpr int kHedge = 56;
inline constexpr int kBuilding = 60;
inline constexpr int kRoofPart = 64;
inline constexpr int kCar = 70;
}  // namespace level

struct BuildingLook {
  std::string kind = "yes";  ///< value of building=
  int levels = 2;
  Roof roof = Roof::gabled;
  Surface surface = Surface::roof_tile;
  double roof_m = 0;    ///< ridge above eaves
  double height_m = 0;  ///< of the eaves; 0: from the levels
};

class Sketch {
 public:
  Sketch(Town& target, const Warp& bends, NameList& list)
      : town(target), warp(bends), names(list) {}

  Town& town;  ///< NOLINT: a pencil owns nothing
  const Warp& warp;
  NameList& names;

  // Map objects, in the plan.
  void node(Point at, Tags tags);
  void way(Path path, Tags tags);
  void area(Path ring, Tags tags);
  void area(std::vector<Path> rings, Tags tags);

  // Paint, in the plan. References hold until the next call.
  Shape& paint(std::vector<Path> rings, Surface surface, int level);
  Shape& paint(const Frame& frame, double half_u, double half_v, Surface surface, int level);
  Shape& paint_strip(const Path& line, double width_m, Surface surface, int level);
  Shape& paint_disc(Point at, double radius_m, Surface surface, int level);
  Shape& paint_ring_line(Point at, double radius_m, double width_m, Surface surface, int level);
  void paint_outline(const Frame& frame, double half_u, double half_v, double width_m);

  // Things.
  void building(const Frame& frame, double half_u, double half_v, const BuildingLook& look,
                Tags tags);
  void roof(std::vector<Path> rings, const Frame& frame, double half_u, double half_v,
            const BuildingLook& look);
  void tree(Point at, TreeKind kind, double size, bool mapped = false);
  void tree_row(const Path& line, double step_m, TreeKind kind, bool mapped);
  void car(const Frame& frame);
  void truck(const Frame& frame);
  void hedge(const Path& line, bool mapped);
  /// Painted rows of bays with cars; u along the rows.
  void parking(const Frame& frame, double half_u, double half_v, double fill, Tags tags);
  void pool(const Frame& frame, double half_u, double half_v);

  RandomStream& random() { return random_; }
  void use_stream(RandomStream stream) { random_ = stream; }

 private:
  [[nodiscard]] Rgb tinted(Rgb colour, double spread);
  RandomStream random_{0, "sketch"};
};

[[nodiscard]] Path rectangle(const Frame& frame, double half_u, double half_v);
[[nodiscard]] Path circle(Point at, double radius_m);
/// A ring of wobbling radius, for ponds and clearings; `half_v` over `half_u` squeezes it.
[[nodiscard]] Path blob(const Frame& frame, double half_u, double half_v, RandomStream& random);
/// A random place of a box. The draws come in a fixed order (y, then x), which C++ leaves open for
/// the arguments of a call: every compiler grows the same town.
[[nodiscard]] Point point_in(const Box& box, RandomStream& random);
/// The outline of a line of some width.
[[nodiscard]] Path strip(const Path& line, double width_m);
/// `line` moved to its left.
[[nodiscard]] Path beside(const Path& line, double offset_m);
/// A straight-sided oval, as of a running track.
[[nodiscard]] Path oval(const Frame& frame, double half_straight, double radius);
[[nodiscard]] Path closed(Path ring);
[[nodiscard]] double length_of(const Path& path);
/// Frames every `step_m` along a line, u along it.
[[nodiscard]] std::vector<Frame> along(const Path& path, double step_m, double start_m = 0);

}  // namespace skyglot::simulate
