// SPDX-License-Identifier: Apache-2.0
#include "osm/area_shape.hpp"

#include <osmium/area/assembler.hpp>
#include <osmium/memory/buffer.hpp>
#include <osmium/osm/area.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace skyglot {
namespace {

constexpr std::size_t kMaxCorners = 64;
// Below 2^27 units of 1e-7 degree (13 degrees) the products and their sums fit 64 bits.
constexpr std::int64_t kMaxReach = std::int64_t{1} << 27;

struct Corner {
  std::int64_t x = 0;
  std::int64_t y = 0;
  friend bool operator==(const Corner&, const Corner&) = default;
};

// Sign of the turn a -> b -> c: positive to the left.
std::int64_t turn(Corner a, Corner b, Corner c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool boxes_meet(Corner a, Corner b, Corner c, Corner d) {
  return std::max(a.x, b.x) >= std::min(c.x, d.x) && std::max(c.x, d.x) >= std::min(a.x, b.x) &&
         std::max(a.y, b.y) >= std::min(c.y, d.y) && std::max(c.y, d.y) >= std::min(a.y, b.y);
}

// Whether the closed segments share a point. Collinear ones whose boxes meet count as meeting.
bool segments_meet(Corner a, Corner b, Corner c, Corner d) {
  if (!boxes_meet(a, b, c, d)) return false;
  const auto opposite = [](std::int64_t s, std::int64_t t) {
    return (s <= 0 && t >= 0) || (s >= 0 && t <= 0);
  };
  return opposite(turn(a, b, c), turn(a, b, d)) && opposite(turn(c, d, a), turn(c, d, b));
}

// Corners relative to the first, the closing one left out; empty if too many or too far apart.
std::span<Corner> corners_of(const osmium::WayNodeList& nodes, std::span<Corner> room) {
  if (nodes.size() > kMaxCorners + 1) return {};
  std::size_t count = 0;
  const osmium::Location origin = nodes.front().location();
  for (const osmium::NodeRef& node : nodes) {
    const Corner corner{std::int64_t{node.location().x()} - origin.x(),
                        std::int64_t{node.location().y()} - origin.y()};
    if (std::abs(corner.x) >= kMaxReach || std::abs(corner.y) >= kMaxReach) return {};
    if (count == 0 || room[count - 1] != corner) room[count++] = corner;
  }
  if (count < 4 || room[count - 1] != room[0]) return {};
  return room.first(count - 1);
}

// Neighbouring sides share a corner by nature; they must not fold back onto each other.
bool folds_back(Corner a, Corner b, Corner c) {
  return turn(a, b, c) == 0 && (a.x - b.x) * (c.x - b.x) + (a.y - b.y) * (c.y - b.y) > 0;
}

bool is_simple(std::span<const Corner> ring) {
  const std::size_t n = ring.size();
  const auto at = [&](std::size_t i) { return ring[i % n]; };
  for (std::size_t i = 0; i < n; ++i) {
    if (folds_back(at(i), at(i + 1), at(i + 2))) return false;
    for (std::size_t j = i + 2; j < n; ++j)
      if ((j + 1) % n != i && segments_meet(at(i), at(i + 1), at(j), at(j + 1))) return false;
  }
  return true;
}

std::int64_t doubled_area(std::span<const Corner> ring) {
  std::int64_t sum = 0;
  for (std::size_t i = 1; i + 1 < ring.size(); ++i) sum += turn(ring[0], ring[i], ring[i + 1]);
  return sum;
}

template <typename Nodes>
Path closed_path(const Nodes& nodes) {
  Path path;
  path.reserve(nodes.size());
  for (const osmium::NodeRef& node : nodes) {
    const Point point{node.location().lon_without_check(), node.location().lat_without_check()};
    if (path.empty() || path.back() != point) path.push_back(point);
  }
  return path;
}

Geometry geometry_of(const osmium::Area& area) {
  Geometry geometry{GeometryKind::polygon, {}};
  for (const osmium::OuterRing& outer : area.outer_rings()) {
    std::vector<Path> rings{closed_path(outer)};
    for (const osmium::InnerRing& inner : area.inner_rings(outer))
      rings.push_back(closed_path(inner));
    geometry.parts.push_back(std::move(rings));
  }
  return geometry;
}

ImportSkip fault_of(const osmium::area::area_stats& stats) {
  if (stats.invalid_locations > 0) return ImportSkip::node_missing;
  if (stats.intersections > 0) return ImportSkip::self_intersection;
  if (stats.open_rings > 0) return ImportSkip::ring_open;
  if (stats.short_ways > 0 || stats.nodes < 3) return ImportSkip::too_few_points;
  return ImportSkip::not_assembled;
}

template <typename... Input>
AreaShape assembled(const Input&... input) {
  osmium::area::AssemblerConfig config;
  config.create_empty_areas = false;
  osmium::area::Assembler assembler(config);
  osmium::memory::Buffer buffer(1024, osmium::memory::Buffer::auto_grow::yes);
  if (!assembler(input..., buffer)) return {{}, fault_of(assembler.stats())};
  return {geometry_of(buffer.get<osmium::Area>(0)), std::nullopt};
}

}  // namespace

std::optional<Path> simple_ring(const osmium::WayNodeList& nodes) {
  std::array<Corner, kMaxCorners + 1> room;
  const std::span<Corner> ring = corners_of(nodes, room);
  if (ring.empty() || !is_simple(ring)) return std::nullopt;
  Path path = closed_path(nodes);
  if (doubled_area(ring) < 0) std::ranges::reverse(path);
  return path;
}

AreaShape area_of(const osmium::Way& way) {
  if (auto ring = simple_ring(way.nodes())) return {Geometry::polygon(std::move(*ring)), {}};
  return assembled(way);
}

AreaShape area_of(const osmium::Relation& relation, const std::vector<const osmium::Way*>& ways) {
  return assembled(relation, ways);
}

}  // namespace skyglot
