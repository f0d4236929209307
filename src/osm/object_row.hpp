// SPDX-License-Identifier: Apache-2.0
// OpenStreetMap objects made into rows of the object store.
#pragma once

#include "geo/geometry.hpp"
#include "osm/area_rules.hpp"
#include "osm/ignore_list.hpp"
#include "osm/import_counts.hpp"
#include "osm/map_object.hpp"

#include <osmium/osm/area.hpp>
#include <osmium/osm/node.hpp>
#include <osmium/osm/relation.hpp>
#include <osmium/osm/way.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// One object on its way into the store.
struct ObjectRow {
  ObjectKind kind = ObjectKind::node;
  std::int64_t osm_id = 0;
  Box box_lonlat;
  std::string tags;  ///< "key\0value\0key\0value\0...", sorted by key
  std::string blob;  ///< the shape as GeoPackage holds it
};

/// Makes rows and counts what cannot become one. Thread-safe: holds rules only.
class RowMaker {
 public:
  RowMaker(const IgnoreList& ignored, const AreaRules& areas)
      : ignored_(&ignored), areas_(&areas) {}

  /// A tagged node, or a tagged way whose nodes have their locations; counts either way.
  [[nodiscard]] std::optional<ObjectRow> node(const osmium::Node& node, ImportCounts& counts) const;
  [[nodiscard]] std::optional<ObjectRow> way(const osmium::Way& way, ImportCounts& counts) const;
  /// A relation that is an area, from its ways, which have their locations.
  [[nodiscard]] std::optional<ObjectRow> relation(const osmium::Relation& relation,
                                                  const std::vector<const osmium::Way*>& ways,
                                                  ImportCounts& counts) const;
  /// Tags that are kept, packed as in ObjectRow; "" if none.
  [[nodiscard]] std::string kept_tags(const osmium::TagList& tags, ImportCounts& counts) const;

 private:
  [[nodiscard]] bool is_area(const osmium::Way& way) const;

  const IgnoreList* ignored_;
  const AreaRules* areas_;
};

}  // namespace skyglot
