// SPDX-License-Identifier: Apache-2.0
// Weights as torch tensors, in the place and type that a computation wants.
#pragma once

#include "nn/compute.hpp"
#include "nn/parameters.hpp"
#include "weights/tensor.hpp"

#include <torch/torch.h>

#include <optional>
#include <string>

namespace skyglot {

/// A float32 copy on the CPU.
[[nodiscard]] torch::Tensor to_torch(const TensorView& tensor);

/// Hands out the weights of a model by name.
class WeightSource {
 public:
  /// The parameters as they are and where they are: what is computed with them has their gradients.
  explicit WeightSource(const Parameters& parameters) : parameters_(parameters) {}
  /// Without gradients, for the device and in the precision of `options`.
  WeightSource(const Parameters& parameters, const ComputeOptions& options);

  /// A gain, shift, bias, position or token table: bfloat16 only on a GPU.
  [[nodiscard]] torch::Tensor vector(const std::string& name) const;
  /// A factor of a product: bfloat16 with Precision::bf16. A CPU without such products gets the
  /// values rounded to bfloat16 in float32.
  [[nodiscard]] torch::Tensor matrix(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& name) const { return parameters_.has(name); }
  [[nodiscard]] torch::Tensor as_matrix(const torch::Tensor& values) const;
  /// Values of one number a row, times that.
  [[nodiscard]] torch::Tensor scaled_matrix(const torch::Tensor& values,
                                            const torch::Tensor& scale) const;
  [[nodiscard]] torch::Tensor scaled_vector(const torch::Tensor& values,
                                            const torch::Tensor& scale) const;
  [[nodiscard]] torch::Device device() const;

 private:
  struct Place {
    torch::Device device;
    bool bfloat16;
  };

  [[nodiscard]] torch::Tensor as_vector(const torch::Tensor& values) const;
  [[nodiscard]] bool must_copy() const;

  const Parameters& parameters_;
  std::optional<Place> place_;
};

}  // namespace skyglot
