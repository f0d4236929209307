// SPDX-License-Identifier: Apache-2.0
// Zero-shot classification that looks at all pictures at once, still without a label.
#pragma once

#include "base/matrix.hpp"

#include <cstdint>

namespace skyglot {

struct TransductiveOptions {
  double text_weight = 1;    ///< lambda: how strongly the text prediction anchors
  double logit_scale = 100;  ///< of the text prediction softmax(scale * picture . class)
  int neighbours = 3;        ///< pictures whose assignments each picture's follows
  int anchors = 8;           ///< most confident pictures per class that start its mean
  int max_rounds = 10;       ///< of assignments, means and variances
  int assignment_steps = 5;  ///< in each round
  double tolerance = 1e-4;  ///< stops when assignments change less than this (mean total variation)
  std::int64_t block_rows = 0;  ///< pictures at a time; 0: see row_blocks.hpp

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

struct Transduction {
  Matrix assignments;  ///< pictures x classes, rows sum to 1
  int rounds = 0;
  bool converged = false;
};

/// Soft assignments of pictures (unit rows) to classes (unit rows, one per class), deterministic.
///
/// Formulas: Zanella, Gérin, Ben Ayed, "Boosting Vision-Language Models with Transduction"
/// (TransCLIP), NeurIPS 2024, arXiv 2406.01837; on remote sensing El Khoury et al., "Enhancing
/// Remote Sensing Vision-Language Models for Zero-Shot Scene Classification" (RS-TransCLIP), ICASSP
/// 2025, arXiv 2409.00698. Memory: three pictures x classes matrices, the neighbour lists and one
/// block x pictures of similarities. Throws Error(input) if there is no picture or class, lengths
/// differ or a value is not finite.
[[nodiscard]] Transduction transduce(const Matrix& pictures, const Matrix& classes,
                                     const TransductiveOptions& options);

/// The assignments alone, to be scored like logits.
[[nodiscard]] Matrix transductive_scores(const Matrix& pictures, const Matrix& classes,
                                         const TransductiveOptions& options);

}  // namespace skyglot
