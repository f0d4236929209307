// SPDX-License-Identifier: Apache-2.0
// STEGO's segmentation head: from the features of a patch to its code.
#pragma once

#include "base/matrix.hpp"
#include "weights/tensor.hpp"

#include <string>
#include <vector>

namespace skyglot {

/// A 1 x 1 convolution: out x in weights and a bias each.
struct PointwiseLayer {
  Matrix weights;
  std::vector<float> bias;

  /// A row for each of `rows`.
  [[nodiscard]] Matrix apply(const Matrix& rows) const;
};

/// code = linear(f) + output(ReLU(hidden(f))); without the second term where `hidden` is empty. All
/// is empty where features are codes themselves.
struct SegmentationHead {
  PointwiseLayer linear;
  PointwiseLayer hidden;
  PointwiseLayer output;

  [[nodiscard]] bool is_identity() const { return linear.weights.rows == 0; }
  /// Codes of unit length of patch features, a row each.
  [[nodiscard]] Matrix codes(const Matrix& features) const;
};

/// Under STEGO's names ("cluster1.0.weight", ...), each weight out x in x 1 x 1.
[[nodiscard]] TensorMap head_tensors(const SegmentationHead& head);
/// Throws Error(format) naming a tensor that is missing or misshapen, for features of `depth`.
[[nodiscard]] SegmentationHead head_of(const TensorMap& tensors, std::int64_t depth);

}  // namespace skyglot
