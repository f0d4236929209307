// SPDX-License-Identifier: Apache-2.0
// Stored weights as torch tensors, in the place and type that a computation wants.
#pragma once

#include "nn/compute.hpp"
#include "weights/tensor.hpp"

#include <torch/torch.h>

#include <string>

namespace skyglot {

/// A float32 copy on the CPU.
[[nodiscard]] torch::Tensor to_torch(const TensorView& tensor);

/// Whether this CPU multiplies bfloat16 matrices at speed (AVX-512 with its bfloat16 instructions).
[[nodiscard]] bool cpu_multiplies_bfloat16();

/// Hands out the weights of a model by name.
class WeightSource {
 public:
  WeightSource(const TensorMap& tensors, const ComputeOptions& options);

  /// A gain, shift, bias, position or token table: bfloat16 only on a GPU.
  [[nodiscard]] torch::Tensor vector(const std::string& name) const;
  /// A factor of a product: bfloat16 with Precision::bf16. A CPU without such products gets the
  /// values rounded to bfloat16 in float32.
  [[nodiscard]] torch::Tensor matrix(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& name) const { return tensors_.contains(name); }

  [[nodiscard]] torch::Tensor as_matrix(const torch::Tensor& values) const;
  [[nodiscard]] torch::Tensor as_vector(const torch::Tensor& values) const;

 private:
  [[nodiscard]] torch::Tensor stored(const std::string& name) const;

  const TensorMap& tensors_;
  torch::Device device_;
  bool bfloat16_;
};

}  // namespace skyglot
