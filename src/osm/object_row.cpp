// SPDX-License-Identifier: Apache-2.0
#include "osm/object_row.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "geo/geopackage.hpp"
#include "osm/area_shape.hpp"

#include <algorithm>
#include <utility>

namespace skyglot {
namespace {

// What is wrong with the places of a way, if anything.
std::optional<ImportSkip> fault_of(const osmium::WayNodeList& nodes) {
  for (const osmium::NodeRef& node : nodes) {
    if (!node.location().is_defined()) return ImportSkip::node_missing;
    if (!node.location().valid()) return ImportSkip::invalid_coordinates;
  }
  return std::nullopt;
}

Path path_of(const osmium::WayNodeList& nodes) {
  Path path;
  path.reserve(nodes.size());
  for (const osmium::NodeRef& node : nodes) {
    const Point point{node.location().lon_without_check(), node.location().lat_without_check()};
    if (path.empty() || path.back() != point) path.push_back(point);
  }
  return path;
}

// Areas are told apart by the sign of their id: above zero a way's, below a relation's.
std::int64_t area_id(const osmium::OSMObject& object) {
  if (object.id() < 0)
    fail(ErrorKind::input,
         "the area of {} {}: its id is an editor's, not OpenStreetMap's, and would be taken for "
         "that of another object; give the file ids first with 'osmium renumber'",
         osmium::item_type_to_name(object.type()), object.id());
  return object.type() == osmium::item_type::way ? object.id() : -object.id();
}

ObjectRow row_of(ObjectKind kind, std::int64_t osm_id, std::string tags, const Geometry& shape) {
  return {kind, osm_id, bounding_box(shape), std::move(tags), gpkg_blob(shape)};
}

}  // namespace

std::string RowMaker::kept_tags(const osmium::TagList& tags, ImportCounts& counts) const {
  std::vector<std::pair<std::string_view, std::string_view>> kept;
  for (const osmium::Tag& tag : tags) {
    const std::string_view key = tag.key();
    const std::string_view value = tag.value();
    if (ignored_->matches(key, value)) continue;
    if (is_utf8(key) && is_utf8(value))
      kept.emplace_back(key, value);
    else
      ++counts.tags_not_utf8;
  }
  // Keys are unique in sound data; where they are not, the first of the file counts.
  std::ranges::stable_sort(kept, {}, [](const auto& tag) { return tag.first; });
  const auto same_key = [](const auto& a, const auto& b) { return a.first == b.first; };
  kept.erase(std::unique(kept.begin(), kept.end(), same_key), kept.end());
  std::string packed;
  for (const auto& [key, value] : kept) {
    packed.append(key).push_back('\0');
    packed.append(value).push_back('\0');
  }
  return packed;
}

std::optional<ObjectRow> RowMaker::node(const osmium::Node& node, ImportCounts& counts) const {
  std::string tags = kept_tags(node.tags(), counts);
  if (tags.empty()) {
    counts.skip(ImportSkip::only_ignored_tags);
    return std::nullopt;
  }
  if (!node.location().valid()) {
    counts.skip(ImportSkip::invalid_coordinates);
    return std::nullopt;
  }
  ++counts.points;
  const Point at{node.location().lon_without_check(), node.location().lat_without_check()};
  return row_of(ObjectKind::node, node.id(), std::move(tags), Geometry::point(at));
}

bool RowMaker::is_area(const osmium::Way& way) const {
  if (way.nodes().size() < 4 || !way.ends_have_same_id()) return false;
  AreaVerdict verdict = AreaVerdict::line;
  for (const osmium::Tag& tag : way.tags())
    verdict = areas_->after(verdict, tag.key(), tag.value());
  return AreaRules::is_area(verdict);
}

std::optional<ObjectRow> RowMaker::way(const osmium::Way& way, ImportCounts& counts) const {
  std::string tags = kept_tags(way.tags(), counts);
  const auto skip = [&counts](ImportSkip reason) {
    counts.skip(reason);
    return std::nullopt;
  };
  if (tags.empty()) return skip(ImportSkip::only_ignored_tags);
  if (const auto fault = fault_of(way.nodes())) return skip(*fault);
  if (is_area(way)) {
    const AreaShape shape = area_of(way);
    if (shape.fault) return skip(*shape.fault);
    ++counts.areas;
    return row_of(ObjectKind::area, area_id(way), std::move(tags), shape.geometry);
  }
  Path path = path_of(way.nodes());
  if (path.size() < 2) return skip(ImportSkip::too_few_points);
  ++counts.lines;
  return row_of(ObjectKind::way, way.id(), std::move(tags), Geometry::line(std::move(path)));
}

std::optional<ObjectRow> RowMaker::relation(const osmium::Relation& relation,
                                            const std::vector<const osmium::Way*>& ways,
                                            ImportCounts& counts) const {
  for (const osmium::Way* way : ways) {
    if (const auto fault = fault_of(way->nodes())) {
      counts.skip(*fault);
      return std::nullopt;
    }
  }
  const AreaShape shape = area_of(relation, ways);
  if (shape.fault) {
    counts.skip(*shape.fault);
    return std::nullopt;
  }
  ++counts.areas;
  return row_of(ObjectKind::area, area_id(relation), kept_tags(relation.tags(), counts),
                shape.geometry);
}

}  // namespace skyglot
