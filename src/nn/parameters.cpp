// SPDX-License-Identifier: Apache-2.0
#include "nn/parameters.hpp"

#include "base/error.hpp"

#include <cstdint>
#include <cstring>
#include <utility>

namespace skyglot {
namespace {

torch::Tensor copied(const TensorMap& weights, const std::string& name) {
  const std::vector<float> values = stored_floats(weights, name);
  const torch::Tensor tensor = torch::empty(weights.at(name).shape, torch::kFloat32);
  if (!values.empty())
    std::memcpy(tensor.data_ptr<float>(), values.data(), values.size() * sizeof(float));
  return tensor;
}

bool is_aligned(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address) % alignof(float) == 0;
}

torch::Tensor shared(const TensorMap& weights, const std::string& name) {
  const TensorView& tensor = weights.at(name);
  if (tensor.type != ElementType::f32 || !is_aligned(tensor.bytes.data()))
    return copied(weights, name);
  return torch::from_blob(
      const_cast<std::byte*>(tensor.bytes.data()), tensor.shape,
      [owner = tensor.owner](void*) mutable { owner.reset(); }, torch::kFloat32);
}

}  // namespace

Parameters::Parameters(const StoredModel& model) : config_(model.config) {
  take(model, false);
}

Parameters Parameters::view(const StoredModel& model) {
  Parameters parameters(model.config);
  parameters.is_view_ = true;
  parameters.take(model, true);
  return parameters;
}

void Parameters::take(const StoredModel& model, bool share) {
  check_tensors(config_, model.weights, config_.source.empty() ? "the model" : config_.source);
  vocabulary_ = model.vocabulary;
  const auto read = share ? shared : copied;
  for (const ModelTensor& tensor : model_tensors(config_))
    add(tensor.name, read(model.weights, tensor.name));
  for (const auto& [name, tensor] : model.weights)
    if (is_head(name) && !is_scale(name, model.weights)) add(name, read(model.weights, name));
}

void Parameters::add(const std::string& name, torch::Tensor tensor) {
  places_[name] = entries_.size();
  entries_.push_back({name, std::move(tensor)});
}

const torch::Tensor& Parameters::at(const std::string& name) const {
  const auto found = places_.find(name);
  expect(found != places_.end(), ("parameters without tensor " + name).c_str());
  return entries_[found->second].tensor;
}

torch::Device Parameters::device() const {
  return entries_.front().tensor.device();
}

void Parameters::set_head(const std::string& name, const torch::Tensor& values) {
  if (!is_head(name) || name.ends_with(kScaleSuffix))
    fail(ErrorKind::usage, "{} is no name of a head; one begins with {} and does not end in {}",
         name, kHeadPrefix, kScaleSuffix);
  if (const auto found = places_.find(name); found != places_.end())
    entries_[found->second].tensor = values;
  else
    add(name, values);
}

void Parameters::to(torch::Device device, torch::ScalarType type) {
  for (Entry& entry : entries_) {
    const bool gradients = entry.tensor.requires_grad();
    entry.tensor = entry.tensor.detach().to(device, type).requires_grad_(gradients);
  }
}

void Parameters::require_gradients(const std::function<bool(const std::string& name)>& which) {
  for (Entry& entry : entries_) {
    if (is_view_) entry.tensor = entry.tensor.clone();
    entry.tensor.requires_grad_(which(entry.name));
  }
  is_view_ = false;
}

StoredModel Parameters::stored() const {
  StoredModel model{config_, {}, vocabulary_};
  for (const auto& [name, tensor] : entries_) {
    const torch::Tensor values = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
    model.weights[name] = make_tensor(
        {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())}, tensor.sizes().vec());
  }
  return model;
}

}  // namespace skyglot
