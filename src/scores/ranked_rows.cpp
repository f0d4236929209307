// SPDX-License-Identifier: Apache-2.0
#include "scores/ranked_rows.hpp"

#include "base/numbers.hpp"
#include "scores/nearest.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>

namespace skyglot {
namespace {

double percentile_of(float score, std::span<const float> scores) {
  if (scores.size() < 2) return 100;
  const auto lower = std::ranges::count_if(scores, [&](float other) { return other < score; });
  return percent_of(lower, std::ssize(scores) - 1);
}

}  // namespace

std::vector<std::vector<RankedRow>> rank_rows(const RowSource& rows, const RowSource& queries,
                                              std::size_t k) {
  require_same_length(rows, queries, "the vectors and the queries");
  std::vector<std::vector<RankedRow>> ranked;
  for_each_score_row(queries, rows, 0, [&](std::int64_t, std::span<const float> scores) {
    std::vector<RankedRow>& best = ranked.emplace_back();
    for (const Neighbour& one : nearest(scores, k))
      best.push_back({one.index, one.score, percentile_of(one.score, scores)});
  });
  return ranked;
}

}  // namespace skyglot
