// SPDX-License-Identifier: Apache-2.0
// The contrastive loss between the pictures and texts of a batch.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

namespace skyglot {

/// What equal captions of one batch are to each other's pictures. Captions of maps repeat: of the
/// published top-30 % list 1.5 M pictures share 70 K texts.
enum class Repeats {
  negatives,  ///< wrong, as in CLIP
  positives,  ///< right as well: targets are shared evenly among them
  ignored     ///< neither: left out of the sum
};
[[nodiscard]] std::string to_string(Repeats repeats);
/// Throws Error(usage) naming the words there are.
[[nodiscard]] Repeats parse_repeats(const std::string& word);

/// The number of each caption's first equal in the batch: N int64.
[[nodiscard]] torch::Tensor caption_groups(const std::vector<std::string>& captions);

/// The mean over pictures and texts of the cross-entropy of exp(log_scale) * images texts^T against
/// the pairs (Radford et al. 2021): (CE over rows + CE over columns) / 2. `images` and `texts` are
/// N x E of unit length, `log_scale` a scalar, `groups` as caption_groups() gives them.
/// Differentiable in the first three.
[[nodiscard]] torch::Tensor contrastive_loss(const torch::Tensor& images,
                                             const torch::Tensor& texts,
                                             const torch::Tensor& log_scale,
                                             const torch::Tensor& groups, Repeats repeats);

}  // namespace skyglot
