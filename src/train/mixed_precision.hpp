// SPDX-License-Identifier: Apache-2.0
// Products in bfloat16 of weights that stay float32.
#pragma once

#include "nn/compute.hpp"

#include <torch/torch.h>

namespace skyglot {

/// While it lives, products on this thread are computed in bfloat16, with libtorch's autocast:
/// gradients come back to the weights as float32. Precision::fp32 leaves everything as it is. Does
/// not nest.
class MixedPrecision {
 public:
  MixedPrecision(Precision precision, torch::Device device);
  ~MixedPrecision();
  MixedPrecision(const MixedPrecision&) = delete;
  MixedPrecision& operator=(const MixedPrecision&) = delete;

 private:
  bool on_;
  torch::DeviceType device_;
};

}  // namespace skyglot
