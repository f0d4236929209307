// SPDX-License-Identifier: Apache-2.0
// A segmentation head that learns: forward with dropout, gradients, Adam.
#pragma once

#include "base/random.hpp"

#include "landcover/segmentation_head.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

/// Adam (Kingma and Ba 2015) of one list of numbers, without weight decay.
class Adam {
 public:
  explicit Adam(double rate) : rate_(rate) {}
  void step(std::vector<float>& values, const std::vector<float>& gradient);

 private:
  double rate_;
  std::int64_t steps_ = 0;
  std::vector<float> first_, second_;
};

/// What the forward pass keeps for the gradients.
struct HeadPass {
  Matrix straight;  ///< features with channels dropped, into the linear layer
  Matrix bent;      ///< the same into the hidden layer, other ones dropped
  Matrix hidden;    ///< after the ReLU
  Matrix codes;     ///< not normalised
};

class LiveHead {
 public:
  /// Begun as libtorch begins convolutions: uniform within 1 / sqrt(inputs).
  LiveHead(RandomStream& random, std::int64_t depth, std::int64_t dimensions, double rate);

  /// `features` holds `each` rows a picture; whole channels of a picture are dropped at a share of
  /// `dropout`, the others scaled up.
  [[nodiscard]] HeadPass forward(const Matrix& features, std::int64_t each, double dropout,
                                 RandomStream& random) const;
  /// One step of Adam by the gradient of the codes.
  void step(const HeadPass& pass, const Matrix& by_codes);

  [[nodiscard]] const SegmentationHead& head() const { return head_; }

 private:
  struct LayerSteps {
    Adam weights, bias;
  };
  static void step(PointwiseLayer& layer, LayerSteps& steps, const Matrix& in,
                   const Matrix& by_out);

  SegmentationHead head_;
  LayerSteps linear_, hidden_, output_;
};

}  // namespace skyglot
