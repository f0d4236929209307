// SPDX-License-Identifier: Apache-2.0
#include "nn/tensors.hpp"

#include "base/error.hpp"

#include <cstring>

namespace skyglot {

torch::Tensor to_torch(const TensorView& tensor) {
  const std::vector<float> values = to_floats(tensor);
  torch::Tensor result = torch::empty(tensor.shape, torch::kFloat32);
  if (!values.empty())
    std::memcpy(result.data_ptr<float>(), values.data(), values.size() * sizeof(float));
  return result;
}

bool cpu_multiplies_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

WeightSource::WeightSource(const TensorMap& tensors, const ComputeOptions& options)
    : tensors_(tensors),
      device_(options.device == Device::cuda ? torch::kCUDA : torch::kCPU),
      bfloat16_(options.precision == Precision::bf16) {}

torch::Tensor WeightSource::stored(const std::string& name) const {
  const auto found = tensors_.find(name);
  expect(found != tensors_.end(), ("a model without tensor " + name).c_str());
  return to_torch(found->second);
}

torch::Tensor WeightSource::as_vector(const torch::Tensor& values) const {
  const bool narrow = bfloat16_ && device_.is_cuda();
  return values.to(device_, narrow ? torch::kBFloat16 : torch::kFloat32).contiguous();
}

torch::Tensor WeightSource::as_matrix(const torch::Tensor& values) const {
  if (!bfloat16_) return values.to(device_).contiguous();
  const torch::Tensor rounded = values.to(torch::kBFloat16);
  if (device_.is_cuda() || cpu_multiplies_bfloat16()) return rounded.to(device_).contiguous();
  return rounded.to(torch::kFloat32).contiguous();
}

torch::Tensor WeightSource::vector(const std::string& name) const {
  return as_vector(stored(name));
}

torch::Tensor WeightSource::matrix(const std::string& name) const {
  return as_matrix(stored(name));
}

}  // namespace skyglot
