// SPDX-License-Identifier: Apache-2.0
// AdamW on the parameters of a model, its state by name so that it can be stored.
#pragma once

#include "nn/parameters.hpp"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace skyglot {

struct AdamWOptions {
  double beta_1 = 0.9;
  double beta_2 = 0.98;
  double epsilon = 1e-6;
  double weight_decay = 0.2;
};

/// Whether weight decay applies: not to tensors of fewer than two dimensions, nor to what is named
/// bn, ln, norm, bias or logit_scale (CLIP's rule; timm's names included).
[[nodiscard]] bool decays(const std::string& name, const torch::Tensor& values);

/// Loshchilov and Hutter 2019, with bias correction; those without a gradient stay as they are.
class AdamW {
 public:
  explicit AdamW(const AdamWOptions& options) : options_(options) {}

  /// One step by the gradients that the parameters hold, with learning rate rate * share(name).
  using Share = std::function<double(const std::string& name)>;
  void step(const Parameters& parameters, double rate, const Share& share = nullptr);

  struct Moments {
    torch::Tensor first, second;
  };
  [[nodiscard]] const std::map<std::string, Moments>& moments() const { return moments_; }
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  /// Goes on from there.
  void restore(std::map<std::string, Moments> moments, std::int64_t steps);

 private:
  void update(const std::string& name, const torch::Tensor& values, double rate);

  AdamWOptions options_;
  std::map<std::string, Moments> moments_;
  std::int64_t steps_ = 0;
};

/// Scales all gradients so that their length together is at most `most`; returns the length before.
double clip_gradients(const Parameters& parameters, double most);

}  // namespace skyglot
