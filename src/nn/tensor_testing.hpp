// SPDX-License-Identifier: Apache-2.0
// How far two tensors are apart, for tests.
#pragma once

#include <torch/torch.h>

namespace skyglot {

[[nodiscard]] inline double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

}  // namespace skyglot
