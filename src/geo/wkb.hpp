// SPDX-License-Identifier: Apache-2.0
// Well-known binary (OGC 06-103r4), little-endian, two dimensions: how shapes are stored.
#pragma once

#include "geo/geometry.hpp"

#include <string>
#include <string_view>

namespace skyglot {

/// Point, LineString or Polygon; the Multi form where there are several parts.
[[nodiscard]] std::string to_wkb(const Geometry& geometry);

/// Reads either byte order and the Multi forms of one kind; a third and fourth coordinate (ISO or
/// EWKB flags, an SRID too) are dropped. Throws Error(format) on damaged bytes or a collection.
[[nodiscard]] Geometry from_wkb(std::string_view bytes);

}  // namespace skyglot
