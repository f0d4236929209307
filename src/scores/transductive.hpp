// SPDX-License-Identifier: Apache-2.0
// Zero-shot classification that looks at all pictures at once, still without a label.
#pragma once

#include "base/row_source.hpp"

#include <cstdint>

namespace skyglot {

/// Defaults are those of the authors' published experiments.
struct TransductiveOptions {
  double text_weight = 1;    ///< lambda: how strongly the text prediction anchors
  double logit_scale = 100;  ///< of the text prediction softmax(scale * picture . class)
  double likelihood_weight =
      1. / 50;                  ///< of the Gaussians, which would drown the rest in many dimensions
  double neighbour_weight = 1;  ///< of the neighbours' mean assignment
  int neighbours = 3;           ///< pictures whose assignments each picture's follows
  int anchors = 8;              ///< most confident pictures per class that start its mean
  int max_rounds = 11;          ///< of assignments, means and variances
  int assignment_steps = 5;     ///< in each round
  double tolerance = 1e-4;  ///< stops when a round moves less (mean total variation of assignments)
  std::int64_t block_rows = 0;  ///< pictures at a time; 0: see nearest.hpp

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

struct Transduction {
  Matrix assignments;  ///< pictures x classes, rows sum to 1
  int rounds = 0;
  bool converged = false;
};

/// Soft assignments z of pictures f_i (unit rows) to classes (unit rows, one per class), without
/// labels and deterministic. Minimised, by blocks, over assignments, means mu and diagonal
/// variances v:
///   - w_l sum_i z_i . log p_i        p_ik Gaussian with mean mu_k (unit) and the v that all share
///   - w_n/4k sum_ij (w_ij + w_ji) z_i . z_j    w_ij = max(0, f_i . f_j) to the k nearest others
///   + sum_i (z_i . log z_i - lambda z_i . log y_i)     y_i the softmax of the text prediction
/// z_i is proportional to y_i^lambda exp(w_l log p_i + w_n/2k sum_j (w_ij + w_ji) z_j), mu_k and v
/// are weighted means. A class that loses all its pictures keeps its mean.
///
/// Formulas: Zanella, Gérin, Ben Ayed, "Boosting Vision-Language Models with Transduction"
/// (TransCLIP), NeurIPS 2024, arXiv 2406.01837, section 3; on remote sensing El Khoury et al.,
/// "Enhancing Remote Sensing Vision-Language Models for Zero-Shot Scene Classification"
/// (RS-TransCLIP), 2024, arXiv 2409.00698. Memory: four pictures x classes matrices, the neighbour
/// lists and what for_each_nearest() takes; time pictures^2 x length. Throws Error(input) if
/// there is no picture or class, lengths differ or a value is not finite.
[[nodiscard]] Transduction transduce(const RowSource& pictures, const Matrix& classes,
                                     const TransductiveOptions& options);

/// The assignments alone, to be scored like logits.
[[nodiscard]] Matrix transductive_scores(const RowSource& pictures, const Matrix& classes,
                                         const TransductiveOptions& options);

}  // namespace skyglot
