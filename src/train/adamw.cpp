// SPDX-License-Identifier: Apache-2.0
#include "train/adamw.hpp"

#include <array>
#include <cmath>
#include <string_view>

namespace skyglot {

bool decays(const std::string& name, const torch::Tensor& values) {
  if (values.dim() < 2) return false;
  constexpr std::array<std::string_view, 5> kNever{"bn", "ln", "norm", "bias", "logit_scale"};
  for (const std::string_view word : kNever)
    if (name.find(word) != std::string::npos) return false;
  return true;
}

void AdamW::step(const Parameters& parameters, double rate, const Share& share) {
  const torch::NoGradGuard no_grad;
  ++steps_;
  for (const Parameters::Entry& entry : parameters.entries())
    if (entry.tensor.grad().defined())
      update(entry.name, entry.tensor, share ? rate * share(entry.name) : rate);
}

void AdamW::update(const std::string& name, const torch::Tensor& values, double rate) {
  const torch::Tensor& gradient = values.grad();
  Moments& m = moments_[name];
  if (!m.first.defined()) m = {torch::zeros_like(values), torch::zeros_like(values)};
  if (decays(name, values)) values.mul_(1 - rate * options_.weight_decay);
  m.first.mul_(options_.beta_1).add_(gradient, 1 - options_.beta_1);
  m.second.mul_(options_.beta_2).addcmul_(gradient, gradient, 1 - options_.beta_2);
  const auto t = static_cast<double>(steps_);
  const double correction_1 = 1 - std::pow(options_.beta_1, t);
  const double correction_2 = 1 - std::pow(options_.beta_2, t);
  const torch::Tensor spread = (m.second / correction_2).sqrt_().add_(options_.epsilon);
  values.addcdiv_(m.first, spread, -rate / correction_1);
}

void AdamW::restore(std::map<std::string, Moments> moments, std::int64_t steps) {
  moments_ = std::move(moments);
  steps_ = steps;
}

double clip_gradients(const Parameters& parameters, double most) {
  const torch::NoGradGuard no_grad;
  double squares = 0;
  // By the library's product: copies in double would cost half a step of a small batch.
  for (const Parameters::Entry& entry : parameters.entries()) {
    if (!entry.tensor.grad().defined()) continue;
    const torch::Tensor gradient = entry.tensor.grad().reshape({-1});
    squares += gradient.dot(gradient).item<double>();
  }
  const double length = std::sqrt(squares);
  if (!(length > most)) return length;
  for (const Parameters::Entry& entry : parameters.entries())
    if (entry.tensor.grad().defined()) entry.tensor.grad().mul_(most / length);
  return length;
}

}  // namespace skyglot
