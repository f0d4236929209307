// SPDX-License-Identifier: Apache-2.0
#include "dataset/matching.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace skyglot {
namespace {

TileRules tile_rules(const Recipe& recipe) {
  return {.point_min_px = recipe.point_min_px,
          .point_max_px = recipe.point_max_px,
          .polygon_min_px = recipe.polygon_min_px,
          .polygon_max_px = recipe.polygon_max_px,
          .max_aspect = recipe.max_aspect,
          .max_growth = recipe.polygon_growth};
}

// Of several objections the one that came closest to a picture is told.
std::string_view most_telling(const std::vector<std::string_view>& reasons) {
  constexpr std::array kFromBest{"too_small", "too_large", "gsd_too_coarse"};
  for (const std::string_view reason : kFromBest)
    if (std::ranges::find(reasons, reason) != reasons.end()) return reason;
  return "no_imagery";
}

template <typename Item>
void shuffle(std::vector<Item>& items, RandomStream& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.index(i)]);
}

// The corners that lie furthest west, east, south and north. They alone tell most scenes that a
// shape is too large; moving all of a lake's shore into the plane of each scene would take most of
// the time of a build.
Geometry outermost(const Geometry& shape) {
  Path found(4, shape.parts[0][0][0]);
  for (const auto& part : shape.parts)
    for (const Path& path : part)
      for (const Point& p : path) {
        if (p.x < found[0].x) found[0] = p;
        if (p.x > found[1].x) found[1] = p;
        if (p.y < found[2].y) found[2] = p;
        if (p.y > found[3].y) found[3] = p;
      }
  return Geometry::line(std::move(found));
}

double longer_side(const Box& box) {
  return std::max(box.width(), box.height());
}

}  // namespace

// What the attempts to find a tile for one object share.
struct Matcher::Search {
  bool polygon;
  RandomStream random;
  bool crossed_splits = false;  // a tile was good but for the splits it touches
};

Matcher::Matcher(const Shared& shared)
    : shared_(shared),
      tiles_(tile_rules(shared.recipe)),
      planes_(shared.catalogue, shared.aligned) {}

std::variant<Matcher::Candidate, Matcher::Objection> Matcher::polygon_in(const MapObject& object,
                                                                         std::size_t scene) {
  const ScenePlane& plane = planes_.at(scene);
  const auto smallest = static_cast<double>(shared_.recipe.polygon_fit_min_px);
  const auto largest = static_cast<double>(shared_.recipe.polygon_fit_max_px);
  const auto corners = plane.from_lonlat(outermost(object.geometry_lonlat));
  if (!corners) return "no_imagery";
  if (longer_side(bounding_box(*corners)) > largest) return "too_large";
  const auto shape = plane.from_lonlat(object.geometry_lonlat);
  if (!shape) return "no_imagery";
  const Box box = bounding_box(*shape);
  if (std::min(box.width(), box.height()) < smallest) return "too_small";
  if (longer_side(box) > largest) return "too_large";
  if (!plane.shows(box.centre()) && !plane.shows(shape->parts[0][0][0])) return "no_imagery";
  return Candidate{.scene = scene, .box_px = box, .nodes_px = {}};
}

// Any node that the scene shows may become the middle of a tile.
std::variant<Matcher::Candidate, Matcher::Objection> Matcher::nodes_in(const MapObject& object,
                                                                       std::size_t scene) {
  const ScenePlane& plane = planes_.at(scene);
  Candidate candidate{.scene = scene, .box_px = {}, .nodes_px = {}};
  for (const auto& part : object.geometry_lonlat.parts)
    for (const Path& path : part)
      for (const Point& node : path)
        if (plane.may_show(node))
          if (const auto at = plane.from_lonlat(node); at && plane.shows(*at))
            candidate.nodes_px.push_back(*at);
  if (candidate.nodes_px.empty()) return "no_imagery";
  return candidate;
}

std::variant<std::vector<Matcher::Candidate>, Skipped> Matcher::candidates(
    const MapObject& object) {
  const auto level = shared_.visibility.max_gsd_m(object.tags);
  if (!level) return Skipped{"no_visible_tag"};
  const double coarsest = coarsest_gsd_m(*level);
  const bool polygon = object.kind == ObjectKind::area;
  std::vector<Candidate> found;
  std::vector<Objection> objections;
  for (const std::size_t scene : shared_.footprints.meeting(bounding_box(object.geometry_lonlat))) {
    const double gsd_m = planes_.at(scene).gsd_m();
    // Points and lines ask for a GSD below the largest one (§2.3). Polygons ask for their size
    // only, but a picture in which no tag can be told (§2.1) would have nothing to say.
    if (polygon ? gsd_m > coarsest : gsd_m >= coarsest) {
      objections.emplace_back("gsd_too_coarse");
      continue;
    }
    auto candidate = polygon ? polygon_in(object, scene) : nodes_in(object, scene);
    if (const auto* objection = std::get_if<Objection>(&candidate)) {
      objections.push_back(*objection);
    } else {
      found.push_back(std::get<Candidate>(std::move(candidate)));
    }
  }
  if (found.empty()) return Skipped{std::string(most_telling(objections))};
  return found;
}

std::variant<Match, Skipped> Matcher::match(const MapObject& object) {
  auto found = candidates(object);
  if (auto* skipped = std::get_if<Skipped>(&found)) return std::move(*skipped);
  std::map<std::string_view, std::vector<const Candidate*>> scenes_of;
  for (const Candidate& candidate : std::get<std::vector<Candidate>>(found))
    scenes_of[shared_.catalogue.scenes[candidate.scene].collection_code].push_back(&candidate);
  std::vector<std::string_view> collections;
  for (const auto& [collection, scenes] : scenes_of) collections.push_back(collection);
  Search search{.polygon = object.kind == ObjectKind::area,
                .random = RandomStream(static_cast<std::uint64_t>(shared_.recipe.seed), "match",
                                       {static_cast<std::uint64_t>(object.kind),
                                        static_cast<std::uint64_t>(object.osm_id)})};
  shuffle(collections, search.random);
  for (const std::string_view collection : collections) {
    auto& scenes = scenes_of[collection];
    shuffle(scenes, search.random);
    for (const Candidate* candidate : scenes)
      if (const auto match = tile_in(*candidate, search)) return *match;
  }
  return Skipped{search.crossed_splits ? "split_overlap" : "no_valid_tile"};
}

std::optional<Match> Matcher::tile_in(const Candidate& candidate, Search& search) {
  const ScenePlane& plane = planes_.at(candidate.scene);
  const auto& nodes = candidate.nodes_px;
  for (std::int64_t attempt = 0; attempt < shared_.recipe.tile_attempts; ++attempt) {
    const auto tile = search.polygon ? draw_polygon_tile(candidate.box_px, tiles_, search.random)
                                     : draw_point_tile(nodes[search.random.index(nodes.size())],
                                                       tiles_, search.random);
    if (!tile || !plane.shows(*tile)) continue;
    const auto bounds = plane.lonlat_bounds(*tile);
    if (!bounds) continue;
    const auto split = shared_.blocks.split_of(*bounds);
    if (split) return Match{candidate.scene, *tile, *bounds, *split};
    search.crossed_splits = true;
  }
  return std::nullopt;
}

}  // namespace skyglot
