// SPDX-License-Identifier: Apache-2.0
// The cells that some footprints meet: counted and drawn row by row, never listed. A raster of the
// whole Earth meets 648 million cells of a hundredth of a degree.
#pragma once

#include "geo/cells.hpp"
#include "geo/geometry.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace skyglot {

/// Cells are ranked by row from the south, then by column. Memory: 56 bytes a footprint's corner
/// and 16 bytes a row. Not for use by two threads at once.
class CoveredCells {
 public:
  /// Footprints are polygons, continuous over the antimeridian. Time: corners and the rows they
  /// span.
  CoveredCells(const std::vector<Geometry>& footprints_lonlat, double cell_deg);

  [[nodiscard]] std::uint64_t size() const { return rows_.empty() ? 0 : rows_.back().end; }
  /// The cell of a rank below size(). Fast for ranks that ascend.
  [[nodiscard]] Cell at(std::uint64_t rank);

 private:
  struct Edge {
    Point a;
    Point b;
    std::size_t footprint;
    std::int64_t first_row;
    std::int64_t last_row;
  };
  /// Columns first .. last.
  struct Run {
    std::int64_t first;
    std::int64_t last;
  };
  struct Row {
    std::int32_t row;
    std::uint64_t end;  // rank after its last cell
  };
  void add_edges(const Geometry& footprint, std::size_t index);
  void rewind();
  void go_to(std::int64_t row);
  [[nodiscard]] std::vector<Run> runs_of(std::int64_t row) const;
  [[nodiscard]] std::vector<Run> merged(std::vector<Run> runs) const;
  void load(std::size_t row_index);

  double cell_deg_;
  std::vector<Edge> edges_;        // by first row
  std::size_t next_edge_ = 0;      // the first that has not begun at the row gone to
  std::vector<std::size_t> open_;  // edges that the row gone to may meet, by footprint
  std::vector<Row> rows_;          // those with cells
  std::size_t loaded_;             // index of the row whose runs are at hand
  std::vector<Run> loaded_runs_;
};

/// `count` different numbers below `size` (all of them if there are fewer), ascending; they depend
/// on size, count and seed only. Memory and time: count.
[[nodiscard]] std::vector<std::uint64_t> draw_ranks(std::uint64_t size, std::uint64_t count,
                                                    std::uint64_t seed);

}  // namespace skyglot
