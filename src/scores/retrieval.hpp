// SPDX-License-Identifier: Apache-2.0
// Cross-modal retrieval: recall at k and median rank, pictures to texts and back.
#pragma once

#include "base/row_source.hpp"
#include "scores/metrics.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

/// `text` describes `picture`: rows of the two matrices.
struct RetrievalPair {
  std::int64_t picture = 0;
  std::int64_t text = 0;
};

struct RecallAt {
  std::int64_t k = 0;
  double percent = 0;
};

/// One direction: every query looks for the items paired with it.
struct DirectionScore {
  std::int64_t queries = 0;  ///< those with at least one pair
  std::vector<RecallAt> recall;
  double mean_recall = 0;  ///< percent, mean of R@1, R@5 and R@10
  double median_rank = 0;  ///< of the best relevant item; the first rank is 1
  Interval r1_interval;    ///< pictures are drawn anew, with all their texts
};

struct RetrievalScore {
  DirectionScore picture_to_text;
  DirectionScore text_to_picture;
  double mean_recall_both = 0;  ///< percent, mean of the six R@1, 5, 10 (RemoteCLIP's mR)
  std::vector<std::int64_t> picture_ranks;  ///< best_ranks() of the pictures among the texts
};

struct RetrievalOptions {
  std::vector<std::int64_t> ks = {1, 5, 10, 100};  ///< of the recall reported
  BootstrapOptions bootstrap;
  std::int64_t block_rows = 0;  ///< queries scored at a time; 0: see row_blocks.hpp
};

/// For each query, the rank of its best relevant item: 1 + the items with a higher inner product
/// + the items with the same one and a lower index. 0 where a query has no relevant item. Nothing
/// is sorted; memory is block_rows x items.rows() floats. `relevant` pairs are (query row, item
/// row) in RetrievalPair's (picture, text).
[[nodiscard]] std::vector<std::int64_t> best_ranks(const RowSource& queries, const RowSource& items,
                                                   std::span<const RetrievalPair> relevant,
                                                   std::int64_t block_rows);

/// Scores embeddings (unit rows) with many-to-many truth: a query is a hit at k when at least one
/// of its relevant items is among the first k (skyscript's and CLIP's protocol). Queries without a
/// pair are left out of the denominators but their rows stay as distractors. Throws Error(input)
/// naming the pair or the row if there is no pair, a pair points outside, lengths differ or a value
/// is not finite. Results are the same for every block size up to the rounding of inner products.
[[nodiscard]] RetrievalScore score_retrieval(const RowSource& pictures, const RowSource& texts,
                                             std::span<const RetrievalPair> pairs,
                                             const RetrievalOptions& options);

}  // namespace skyglot
