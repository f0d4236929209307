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
  constexpr std::array kFromBest{"no_valid_tile", "too_small", "too_large", "gsd_too_coarse"};
  for (const std::string_view reason : kFromBest)
    if (std::ranges::find(reasons, reason) != reasons.end()) return reason;
  return "no_imagery";
}

template <typename Item>
void shuffle(std::vector<Item>& items, RandomStream& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.index(i)]);
}

// Points of a line that the scene shows: any of them may become the middle of a tile.
std::vector<Point> shown_nodes(const Geometry& line_px, const ScenePlane& plane) {
  std::vector<Point> nodes;
  for (const auto& part : line_px.parts)
    for (const Path& path : part)
      for (const Point& node : path)
        if (plane.shows(node)) nodes.push_back(node);
  return nodes;
}

}  // namespace

Matcher::Matcher(const Shared& shared)
    : shared_(shared),
      tiles_(tile_rules(shared.recipe)),
      planes_(shared.catalogue, shared.aligned) {}

std::optional<std::string_view> Matcher::objection(const MapObject& object, double max_gsd_m,
                                                   std::size_t scene) {
  const ScenePlane& plane = planes_.at(scene);
  const bool polygon = object.kind == ObjectKind::area;
  // Points and lines ask for a GSD below the largest one, polygons for one not above it.
  if (polygon ? plane.gsd_m() > max_gsd_m : plane.gsd_m() >= max_gsd_m) return "gsd_too_coarse";
  const auto shape = plane.from_lonlat(object.geometry_lonlat);
  if (!shape) return "no_imagery";
  if (!polygon)
    return shown_nodes(*shape, plane).empty() ? std::optional("no_imagery") : std::nullopt;
  const Box box = bounding_box(*shape);
  const auto smallest = static_cast<double>(shared_.recipe.polygon_fit_min_px);
  const auto largest = static_cast<double>(shared_.recipe.polygon_fit_max_px);
  if (std::min(box.width(), box.height()) < smallest) return "too_small";
  if (std::max(box.width(), box.height()) > largest) return "too_large";
  return plane.shows(box.centre()) || plane.shows(shape->parts[0][0][0])
             ? std::nullopt
             : std::optional("no_imagery");
}

std::variant<std::vector<Matcher::Candidate>, Skipped> Matcher::candidates(
    const MapObject& object) {
  const auto max_gsd_m = shared_.visibility.max_gsd_m(object.tags);
  if (!max_gsd_m) return Skipped{"no_visible_tag"};
  std::vector<Candidate> found;
  std::vector<std::string_view> objections;
  for (const std::size_t scene : shared_.footprints.meeting(bounding_box(object.geometry_lonlat))) {
    const auto reason = objection(object, *max_gsd_m, scene);
    if (reason) {
      objections.push_back(*reason);
    } else {
      found.push_back({shared_.catalogue.scenes[scene].collection_code, scene});
    }
  }
  if (found.empty()) return Skipped{std::string(most_telling(objections))};
  return found;
}

std::variant<Match, Skipped> Matcher::match(const MapObject& object) {
  auto found = candidates(object);
  if (auto* skipped = std::get_if<Skipped>(&found)) return std::move(*skipped);
  std::map<std::string_view, std::vector<std::size_t>> scenes_of;
  for (const Candidate& candidate : std::get<std::vector<Candidate>>(found))
    scenes_of[candidate.collection].push_back(candidate.scene);
  std::vector<std::string_view> collections;
  for (const auto& [collection, scenes] : scenes_of) collections.push_back(collection);
  RandomStream random(
      static_cast<std::uint64_t>(shared_.recipe.seed), "match",
      {static_cast<std::uint64_t>(object.kind), static_cast<std::uint64_t>(object.osm_id)});
  shuffle(collections, random);
  for (const std::string_view collection : collections) {
    auto& scenes = scenes_of[collection];
    shuffle(scenes, random);
    for (const std::size_t scene : scenes)
      if (const auto match = tile_in(object, scene, random)) return *match;
  }
  return Skipped{"no_valid_tile"};
}

std::optional<Match> Matcher::tile_in(const MapObject& object, std::size_t scene,
                                      RandomStream& random) {
  const ScenePlane& plane = planes_.at(scene);
  const auto shape = plane.from_lonlat(object.geometry_lonlat);
  if (!shape) return std::nullopt;
  const bool polygon = object.kind == ObjectKind::area;
  const Box box = bounding_box(*shape);
  const auto nodes = polygon ? std::vector<Point>() : shown_nodes(*shape, plane);
  if (!polygon && nodes.empty()) return std::nullopt;
  for (std::int64_t attempt = 0; attempt < shared_.recipe.tile_attempts; ++attempt) {
    const auto tile = polygon ? draw_polygon_tile(box, tiles_, random)
                              : draw_point_tile(nodes[random.index(nodes.size())], tiles_, random);
    if (!tile || !plane.shows(*tile)) continue;
    if (const auto bounds = plane.lonlat_bounds(*tile)) return Match{scene, *tile, *bounds};
  }
  return std::nullopt;
}

}  // namespace skyglot
