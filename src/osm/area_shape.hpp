// SPDX-License-Identifier: Apache-2.0
// Polygons from closed ways and from the ways of a relation.
#pragma once

#include "geo/geometry.hpp"
#include "osm/import_counts.hpp"

#include <osmium/osm/relation.hpp>
#include <osmium/osm/way.hpp>

#include <optional>
#include <vector>

namespace skyglot {

/// The polygons, or why there are none.
struct AreaShape {
  Geometry geometry;
  std::optional<ImportSkip> fault;
};

/// The area inside a closed way whose nodes have valid locations; the outer ring runs
/// counter-clockwise.
[[nodiscard]] AreaShape area_of(const osmium::Way& way);

/// The area of a multipolygon relation by libosmium's assembler; roles are not believed, the
/// geometry is. Outer rings run counter-clockwise, holes clockwise.
[[nodiscard]] AreaShape area_of(const osmium::Relation& relation,
                                const std::vector<const osmium::Way*>& ways);

/// The ring of a closed way with at most 64 corners that neither crosses nor touches itself;
/// nothing where that is not easily seen, so that the assembler must decide. Most buildings end
/// here: it is several times faster than the assembler.
[[nodiscard]] std::optional<Path> simple_ring(const osmium::WayNodeList& nodes);

}  // namespace skyglot
