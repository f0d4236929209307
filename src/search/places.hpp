// SPDX-License-Identifier: Apache-2.0
// From the scores of windows to places: the best of those that show the same ground.
#pragma once

#include "search/window_index.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

/// A direction to look in: the mean of `plus` (unit rows) less half the mean of `minus`, at unit
/// length. Half, so that what is wanted still decides: with all of it, the answer to a lake without
/// boats is whatever is least like a boat. Throws Error(usage) where nothing is wanted, or nothing
/// is left.
[[nodiscard]] std::vector<float> combined_query(const Matrix& plus, const Matrix& minus);

/// What a place looks like: the vector of the window whose centre lies nearest to it (of equals
/// the smallest one's), a unit row. Throws Error(input) where no window holds it.
[[nodiscard]] Matrix vector_at(WindowIndex& index, Point lonlat);

/// Cosine of every window with the query.
[[nodiscard]] std::vector<float> window_scores(const WindowIndex& index,
                                               std::span<const float> query);

struct PlaceOptions {
  std::size_t k = 5;
  double least_percentile = 0;  ///< places of a lower one are not wanted
  /// Windows that share more than this of the smaller one's ground are one place.
  double most_overlap = 0.1;
};

struct FoundPlace {
  std::int64_t row = 0;
  float score = 0;        ///< cosine
  double percentile = 0;  ///< percent of all other windows of the index that score lower
  IndexedWindow window;
};

/// The k best places, best first; of equals the lower row is better. `rows` are those that count
/// (ascending), nothing: all. A window is taken unless a better one shows its ground already, in
/// whatever size, scene or date (greedy non-maximum suppression). Pictures without a place are each
/// their own.
[[nodiscard]] std::vector<FoundPlace> best_places(WindowIndex& index, std::span<const float> scores,
                                                  const std::vector<std::int64_t>* rows,
                                                  const PlaceOptions& options);

/// Share of the smaller box that lies in the other; boxes of longitude and latitude, perhaps a turn
/// apart.
[[nodiscard]] double shared_ground(const Box& a, const Box& b);

}  // namespace skyglot
