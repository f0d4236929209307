// SPDX-License-Identifier: Apache-2.0
// What a tower makes of normalised pixels, and how near it is to the original's.
#pragma once

#include "nn/image_tower.hpp"
#include "nn/tensors.hpp"
#include "weights/model_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace skyglot::testing_support {

/// Tokens and keys of a model folder's tower for N x 3 x H x W `pixels`.
[[nodiscard]] inline ImageTower::Features features_of(const std::filesystem::path& model,
                                                      Precision precision,
                                                      const TensorView& pixels) {
  const torch::NoGradGuard no_grad;
  const ComputeContext context({Device::cpu, precision, 2});
  const ComputeThreads threads = context.use();
  const ImageTower tower(Parameters::view(load_model_folder(model)), context);
  const std::int64_t patch = tower.config().vision.patch_size;
  return tower.features(tower.patches(to_torch(pixels)),
                        {pixels.shape[2] / patch, pixels.shape[3] / patch});
}

[[nodiscard]] inline double lowest_token_cosine(const torch::Tensor& ours,
                                                const TensorView& expected) {
  const torch::Tensor theirs = to_torch(expected);
  EXPECT_EQ(ours.sizes(), theirs.sizes());
  if (ours.sizes() != theirs.sizes()) return -1;
  return torch::cosine_similarity(ours, theirs, -1).min().item<double>();
}

}  // namespace skyglot::testing_support
