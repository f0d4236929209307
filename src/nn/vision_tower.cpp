// SPDX-License-Identifier: Apache-2.0
#include "nn/vision_tower.hpp"

#include "base/error.hpp"
#include "nn/kernels.hpp"
#include "nn/passes.hpp"
#include "nn/positions.hpp"
#include "nn/threads.hpp"

#include <algorithm>

namespace skyglot {
namespace {

// Tokens of a pass: enough for fast products, few enough for the caches of one core, or for the
// memory of any GPU.
constexpr std::int64_t kTokensOnCpu = 1600;
constexpr std::int64_t kTokensOnCuda = 25600;

// D x 3 x P x P to a factor of patches * weight^T.
torch::Tensor patch_matrix(const WeightSource& weights, const std::string& name) {
  const torch::Tensor kernel = weights.vector(name).to(torch::kFloat32);
  return weights.as_matrix(kernel.flatten(1));
}

void check_pictures(std::span<const Picture> pictures, std::int64_t patch) {
  const int side = pictures.empty() ? 0 : pictures.front().width;
  expect(pictures.empty() || (side > 0 && side % patch == 0),
         "picture side no multiple of the patch");
  for (const Picture& picture : pictures)
    expect(picture.width == side && picture.height == side && picture.channels == 3,
           "pictures of different shapes in one batch");
}

}  // namespace

VisionTower::VisionTower(const StoredModel& model, const ComputeOptions& options)
    : config_(model.config) {
  const WeightSource weights(model.weights, options);
  const bool clip = config_.kind == ModelKind::clip;
  const std::string root = clip ? "visual." : "";
  const TransformerConfig& blocks = config_.vision.transformer;
  transformer_ = clip ? load_clip_blocks(weights, "visual.transformer.resblocks.", blocks)
                      : load_vit_blocks(weights, "blocks.", blocks);
  transformer_.activation = blocks.activation;
  transformer_.norm_epsilon = blocks.layer_norm_epsilon;
  patch_weight_ = patch_matrix(weights, clip ? "visual.conv1.weight" : "patch_embed.proj.weight");
  if (!clip) patch_bias_ = weights.vector("patch_embed.proj.bias");
  class_token_ = weights.vector(clip ? "visual.class_embedding" : "cls_token").flatten();
  const torch::Tensor positions =
      weights.vector(clip ? "visual.positional_embedding" : "pos_embed");
  positions_ = positions.view({-1, blocks.width});
  if (config_.vision.register_tokens > 0)
    registers_ = weights.vector("register_tokens").view({-1, blocks.width});
  if (clip) {
    first_norm_gain_ = weights.vector("visual.ln_pre.weight");
    first_norm_shift_ = weights.vector("visual.ln_pre.bias");
    projection_ = weights.matrix("visual.proj").t();
  }
  last_norm_gain_ = weights.vector(clip ? "visual.ln_post.weight" : "norm.weight");
  last_norm_shift_ = weights.vector(clip ? "visual.ln_post.bias" : "norm.bias");
  if (options.device == Device::cpu) freeze_products();
}

void VisionTower::freeze_products() {
  freeze(transformer_);
  patch_factor_ = freeze(patch_weight_);
  if (projection_.defined()) projection_factor_ = freeze(projection_);
}

torch::Tensor VisionTower::patches(std::span<const Picture> pictures) const {
  const std::int64_t patch = patch_size();
  check_pictures(pictures, patch);
  const std::int64_t grid = pictures.empty() ? 0 : pictures.front().width / patch;
  std::array<float, 3> scale{};
  std::array<float, 3> offset{};
  for (std::size_t c = 0; c < 3; ++c) {
    scale[c] = 1 / (255 * config_.preprocess.std[c]);
    offset[c] = -config_.preprocess.mean[c] / config_.preprocess.std[c];
  }
  const auto count = static_cast<std::int64_t>(pictures.size());
  const torch::Tensor rows = torch::empty({count, grid * grid, 3 * patch * patch});
  on_all_threads([&](std::int64_t index, std::int64_t threads) {
    for (std::int64_t i = index; i < count; i += threads)
      kernels::cut_patches({pictures[static_cast<std::size_t>(i)].pixels.data(), grid, grid, patch,
                            scale.data(), offset.data()},
                           rows.data_ptr<float>() + i * rows.stride(0));
  });
  return rows.to(patch_weight_.device());
}

torch::Tensor VisionTower::patches(const torch::Tensor& pixels) const {
  const std::int64_t patch = patch_size();
  const std::int64_t height = pixels.size(2) / patch;
  const std::int64_t width = pixels.size(3) / patch;
  return pixels.narrow(2, 0, height * patch)
      .narrow(3, 0, width * patch)
      .reshape({-1, 3, height, patch, width, patch})
      .permute({0, 2, 4, 1, 3, 5})
      .reshape({pixels.size(0), height * width, 3 * patch * patch})
      .to(patch_weight_.device());
}

torch::Tensor VisionTower::tokens_of(const torch::Tensor& patches, Grid grid) const {
  torch::Tensor tokens =
      patch_factor_.defined()
          ? multiply(patches.flatten(0, 1), patch_factor_)
                .view({patches.size(0), patches.size(1), -1})
          : torch::linear(patches.to(patch_weight_.scalar_type()), patch_weight_);
  tokens = tokens.to(positions_.scalar_type());
  if (patch_bias_.defined()) tokens = tokens + patch_bias_;
  const std::int64_t count = patches.size(0);
  const std::int64_t width = tokens.size(2);
  tokens = torch::cat({class_token_.view({1, 1, width}).expand({count, 1, width}), tokens}, 1);
  tokens += positions_for_grid(positions_, grid.height, grid.width, config_.vision.position_resize);
  if (registers_.defined())
    tokens = torch::cat({tokens.narrow(1, 0, 1), registers_.unsqueeze(0).expand({count, -1, -1}),
                         tokens.narrow(1, 1, tokens.size(1) - 1)},
                        1);
  if (!first_norm_gain_.defined()) return tokens;
  return torch::layer_norm(tokens, {width}, first_norm_gain_, first_norm_shift_,
                           config_.vision.transformer.layer_norm_epsilon);
}

torch::Tensor VisionTower::final_norm(const torch::Tensor& tokens) const {
  return torch::layer_norm(tokens, {tokens.size(-1)}, last_norm_gain_, last_norm_shift_,
                           config_.vision.transformer.layer_norm_epsilon);
}

bool VisionTower::on_cpu() const {
  return patch_weight_.is_cpu();
}

std::int64_t VisionTower::pictures_at_once(Grid grid) const {
  const std::int64_t tokens = grid.height * grid.width + 1 + config_.vision.register_tokens;
  return std::max<std::int64_t>(1, (on_cpu() ? kTokensOnCpu : kTokensOnCuda) / tokens);
}

torch::Tensor VisionTower::embed(std::span<const Picture> pictures) const {
  const auto count = static_cast<std::int64_t>(pictures.size());
  const torch::Tensor rows = torch::empty({count, config_.embedding_width});
  if (pictures.empty()) return rows;
  const std::int64_t side = pictures.front().width / patch_size();
  const Grid grid{side, side};
  run_passes(count, pictures_at_once(grid), on_cpu(), [&](std::int64_t first, std::int64_t few) {
    const torch::NoGradGuard on_this_thread;
    const auto part =
        pictures.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(few));
    rows.narrow(0, first, few).copy_(embed(patches(part), grid));
  });
  return rows;
}

torch::Tensor VisionTower::embed(const torch::Tensor& patches, Grid grid) const {
  const bool mean = config_.kind == ModelKind::vit && config_.vision.pooling == Pooling::mean;
  TransformerRequest request;
  if (!mean)
    request.pooled = torch::zeros({patches.size(0)}, patches.options().dtype(torch::kInt64));
  torch::Tensor pooled = final_norm(run(transformer_, tokens_of(patches, grid), request).tokens);
  if (mean) {
    const std::int64_t special = 1 + config_.vision.register_tokens;
    pooled = pooled.narrow(1, special, pooled.size(1) - special).mean(1);
  }
  if (projection_factor_.defined()) return multiply(pooled, projection_factor_);
  if (projection_.defined())
    pooled = torch::matmul(pooled.to(projection_.scalar_type()), projection_.t());
  return pooled.to(torch::kFloat32);
}

VisionTower::Features VisionTower::features(const torch::Tensor& patches, Grid grid) const {
  const TransformerResult result =
      run(transformer_, tokens_of(patches, grid), {std::nullopt, true});
  return {final_norm(result.tokens), result.keys};
}

}  // namespace skyglot
