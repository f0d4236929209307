// SPDX-License-Identifier: Apache-2.0
// Outlines of pieces of a raster of labels, in corners of pixels.
#pragma once

#include "landcover/label_pieces.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace skyglot {

/// Where four pixels meet: before column x, above row y.
struct PixelCorner {
  std::int32_t y = 0, x = 0;
  bool node = false;  ///< more than two borders meet here, or it is one of the raster's corners
  [[nodiscard]] std::uint64_t key() const {
    return static_cast<std::uint64_t>(y) << 32U | static_cast<std::uint32_t>(x);
  }
};

/// Corners in order, the piece on the right hand (rows grow downwards); the first is not repeated.
/// Only corners where the border turns, and nodes.
using CornerRing = std::vector<PixelCorner>;

/// Draws around one piece after another. The runs and pieces must outlive it.
class PieceOutlines {
 public:
  PieceOutlines(const LabelRuns& runs, const LabelPieces& pieces);

  /// The outer ring, then the holes. A ring touches neither itself nor others but at single
  /// corners, where holes touch. Each piece may be asked for as often as one likes.
  [[nodiscard]] std::vector<CornerRing> rings_of(std::uint32_t piece);

 private:
  struct Step;
  [[nodiscard]] std::uint32_t piece_at(int x, int y) const;
  /// How many borders meet at a corner: 0, 2, 3 or 4.
  [[nodiscard]] int borders_at(int x, int y) const;
  [[nodiscard]] Step next_step(Step step, std::uint32_t piece) const;
  /// Rings from the left side of a run on; where the border meets itself it is cut in two.
  void trace(std::size_t run, int y, std::vector<CornerRing>& rings);

  const LabelRuns& runs_;
  const LabelPieces& pieces_;
  std::vector<std::uint32_t> runs_of_;    ///< runs by piece
  std::vector<std::size_t> piece_first_;  ///< of those of each piece, and the end
  std::vector<bool> traced_;              ///< left sides of runs
};

/// Twice the area inside, above 0 for an outer ring.
[[nodiscard]] std::int64_t twice_area(const CornerRing& ring);

}  // namespace skyglot
