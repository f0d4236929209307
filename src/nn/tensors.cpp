// SPDX-License-Identifier: Apache-2.0
#include "nn/tensors.hpp"

#include "nn/product_choice.hpp"

#include <cstring>

namespace skyglot {

torch::Tensor to_torch(const TensorView& tensor) {
  const std::vector<float> values = to_floats(tensor);
  torch::Tensor result = torch::empty(tensor.shape, torch::kFloat32);
  if (!values.empty())
    std::memcpy(result.data_ptr<float>(), values.data(), values.size() * sizeof(float));
  return result;
}

WeightSource::WeightSource(const Parameters& parameters, const ComputeOptions& options)
    : parameters_(parameters),
      place_({options.device == Device::cuda ? torch::kCUDA : torch::kCPU,
              options.precision == Precision::bf16}) {}

torch::Device WeightSource::device() const {
  return place_ ? place_->device : parameters_.device();
}

torch::Tensor WeightSource::as_vector(const torch::Tensor& values) const {
  if (!place_) return values;
  const bool narrow = place_->bfloat16 && place_->device.is_cuda();
  const auto type = narrow ? torch::kBFloat16 : torch::kFloat32;
  return values.detach().to(place_->device, type, false, must_copy()).contiguous();
}

// What is trained further must not change what was handed out; a view is never written.
bool WeightSource::must_copy() const {
  return !parameters_.is_view();
}

torch::Tensor WeightSource::as_matrix(const torch::Tensor& values) const {
  if (!place_) return values;
  const torch::Tensor fixed = values.detach();
  if (!place_->bfloat16)
    return fixed.to(place_->device, torch::kFloat32, false, must_copy()).contiguous();
  const torch::Tensor rounded = fixed.to(torch::kBFloat16);
  if (place_->device.is_cuda() || product_choice().bfloat16 != nullptr)
    return rounded.to(place_->device).contiguous();
  return rounded.to(torch::kFloat32).contiguous();
}

torch::Tensor WeightSource::vector(const std::string& name) const {
  return as_vector(parameters_.at(name));
}

torch::Tensor WeightSource::matrix(const std::string& name) const {
  return as_matrix(parameters_.at(name));
}

torch::Tensor WeightSource::scaled_matrix(const torch::Tensor& values,
                                          const torch::Tensor& scale) const {
  if (!place_) return values * scale.unsqueeze(1);
  return as_matrix(values.to(torch::kFloat32) * scale.to(torch::kFloat32).unsqueeze(1));
}

torch::Tensor WeightSource::scaled_vector(const torch::Tensor& values,
                                          const torch::Tensor& scale) const {
  if (!place_) return values * scale;
  return as_vector(values.to(torch::kFloat32) * scale.to(torch::kFloat32));
}

}  // namespace skyglot
