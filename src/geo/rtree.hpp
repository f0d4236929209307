// SPDX-License-Identifier: Apache-2.0
// SQLite R-trees built whole: many times faster than row by row, and packed full.
#pragma once

#include "geo/geometry.hpp"
#include "geo/sqlite.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skyglot {

/// One entry: single-precision edges rounded outwards, as SQLite keeps them.
struct RtreeEntry {
  std::int64_t id = 0;
  float min_x = 0;
  float max_x = 0;
  float min_y = 0;
  float max_y = 0;
};

/// The entry of a box that is not empty.
[[nodiscard]] RtreeEntry rtree_entry(std::int64_t id, const Box& box);

/// Makes the virtual table `name` "USING rtree(id, minx, maxx, miny, maxy)" and fills its shadow
/// tables bottom-up (format: "Shadow Tables" in SQLite's rtree.html and the head of
/// ext/rtree/rtree.c). Entries are packed by size, then along the Hilbert curve (I. Kamel, C.
/// Faloutsos, "On packing R-trees", 1993), so the tree is the same whatever their order. SQLite
/// updates it as any other.
void write_rtree(Database& database, const std::string& name, std::vector<RtreeEntry> entries);

}  // namespace skyglot
