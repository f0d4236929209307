// SPDX-License-Identifier: Apache-2.0
#include "train/adamw.hpp"

#include "nn/small_clip.hpp"
#include "weights/random_model.hpp"

#include <gtest/gtest.h>
#include <torch/optim/adamw.h>

#include <cmath>

namespace skyglot {
namespace {

using testing_support::small_clip;

Parameters small_parameters() {
  Parameters parameters(random_model(small_clip(), 1));
  parameters.require_gradients([](const std::string&) { return true; });
  return parameters;
}

void give_gradients(const Parameters& parameters, int seed) {
  torch::manual_seed(seed);
  for (const Parameters::Entry& entry : parameters.entries())
    entry.tensor.mutable_grad() = torch::randn_like(entry.tensor);
}

TEST(Decays, NotVectorsNorNormsNorTheScale) {
  const torch::Tensor matrix = torch::zeros({2, 2});
  EXPECT_TRUE(decays("visual.proj", matrix));
  EXPECT_TRUE(decays("token_embedding.weight", matrix));
  EXPECT_FALSE(decays("visual.proj", torch::zeros({2})));
  EXPECT_FALSE(decays("visual.ln_pre.weight", matrix));
  EXPECT_FALSE(decays("blocks.0.norm1.weight", matrix));
  EXPECT_FALSE(decays("logit_scale", matrix));
}

TEST(AdamW, StepsAsTorchsOwnDoes) {
  const Parameters ours = small_parameters();
  const Parameters theirs = small_parameters();
  std::vector<torch::Tensor> decayed;
  std::vector<torch::Tensor> rest;
  for (const Parameters::Entry& entry : theirs.entries())
    (decays(entry.name, entry.tensor) ? decayed : rest).push_back(entry.tensor);
  const auto options = [](double decay) {
    return torch::optim::AdamWOptions(1e-3).betas({0.9, 0.98}).eps(1e-6).weight_decay(decay);
  };
  torch::optim::AdamW reference(
      {torch::optim::OptimizerParamGroup(
           decayed, std::make_unique<torch::optim::AdamWOptions>(options(0.3))),
       torch::optim::OptimizerParamGroup(rest,
                                         std::make_unique<torch::optim::AdamWOptions>(options(0)))},
      options(0));
  AdamW adamw({0.9, 0.98, 1e-6, 0.3});
  for (int step = 0; step < 5; ++step) {
    give_gradients(ours, step);
    give_gradients(theirs, step);
    adamw.step(ours, 1e-3);
    reference.step();
  }
  for (std::size_t i = 0; i < ours.entries().size(); ++i)
    EXPECT_TRUE(torch::allclose(ours.entries()[i].tensor, theirs.entries()[i].tensor, 1e-5, 1e-7))
        << ours.entries()[i].name;
}

TEST(AdamW, GoesOnBitForBit) {
  const Parameters whole = small_parameters();
  const Parameters parts = small_parameters();
  AdamW one({});
  AdamW first({});
  for (int step = 0; step < 2; ++step) {
    give_gradients(whole, step);
    give_gradients(parts, step);
    one.step(whole, 1e-3);
    first.step(parts, 1e-3);
  }
  AdamW second({});
  second.restore(first.moments(), first.steps());
  give_gradients(whole, 9);
  give_gradients(parts, 9);
  one.step(whole, 1e-3);
  second.step(parts, 1e-3);
  for (std::size_t i = 0; i < whole.entries().size(); ++i)
    EXPECT_TRUE(torch::equal(whole.entries()[i].tensor, parts.entries()[i].tensor));
}

TEST(ClipGradients, ShortensWhatIsTooLongAndOnlyThat) {
  const Parameters parameters = small_parameters();
  give_gradients(parameters, 1);
  const double before = clip_gradients(parameters, 1e9);
  EXPECT_NEAR(clip_gradients(parameters, before / 3), before, 1e-3 * before);
  EXPECT_NEAR(clip_gradients(parameters, 1e9), before / 3, 1e-3 * before);
}

TEST(AdamW, AShareOfTheRateForSome) {
  const Parameters before = small_parameters();
  const Parameters after = small_parameters();
  give_gradients(after, 1);
  AdamW adamw({0.9, 0.98, 1e-12, 0});
  adamw.step(after, 1e-2,
             [](const std::string& name) { return name.starts_with("visual.") ? 0.5 : 1.0; });
  for (std::size_t i = 0; i < after.entries().size(); ++i) {
    const auto& [name, values] = after.entries()[i];
    const double moved = (values - before.entries()[i].tensor).abs().max().item<double>();
    // The first step of Adam is the rate in every element.
    EXPECT_NEAR(moved, name.starts_with("visual.") ? 5e-3 : 1e-2, 1e-4) << name;
  }
}

}  // namespace
}  // namespace skyglot
