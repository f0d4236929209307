// SPDX-License-Identifier: Apache-2.0
#include "nn/image_tower.hpp"

#include "base/error.hpp"
#include "nn/kernels.hpp"
#include "nn/positions.hpp"
#include "nn/threads.hpp"

#include <algorithm>
#include <cstring>

namespace skyglot {
namespace {

// Tokens of a pass: enough for fast products, few enough for the caches of one core, or for the
// memory of any GPU.
constexpr std::int64_t kTokensOnCpu = 1600;
constexpr std::int64_t kTokensOnCuda = 25600;

std::vector<float> scales_of(const PreprocessConfig& config) {
  std::vector<float> scale;
  for (const float deviation : config.std) scale.push_back(1 / (255 * deviation));
  return scale;
}

std::vector<float> offsets_of(const PreprocessConfig& config) {
  std::vector<float> offset;
  for (std::size_t c = 0; c < config.std.size(); ++c)
    offset.push_back(-config.mean[c] / config.std[c]);
  return offset;
}

// D x B x P x P to a factor of patches * weight^T.
torch::Tensor patch_matrix(const WeightSource& weights, const std::string& name) {
  return weights.as_matrix(weights.vector(name).flatten(1));
}

void add_clip_ends(ImageWeights& w, const WeightSource& weights) {
  w.patch_weight = patch_matrix(weights, "visual.conv1.weight");
  if (weights.has("visual.conv1.bias")) w.patch_bias = weights.vector("visual.conv1.bias");
  w.class_token = weights.vector("visual.class_embedding");
  w.positions = weights.vector("visual.positional_embedding");
  if (weights.has("visual.ln_pre.weight")) {
    w.first_norm_gain = weights.vector("visual.ln_pre.weight");
    w.first_norm_shift = weights.vector("visual.ln_pre.bias");
  }
  w.last_norm_gain = weights.vector("visual.ln_post.weight");
  w.last_norm_shift = weights.vector("visual.ln_post.bias");
  w.projection = weights.matrix("visual.proj").t();
}

void add_vit_ends(ImageWeights& w, const WeightSource& weights, std::int64_t width) {
  w.patch_weight = patch_matrix(weights, "patch_embed.proj.weight");
  w.patch_bias = weights.vector("patch_embed.proj.bias");
  w.class_token = weights.vector("cls_token").flatten();
  w.positions = weights.vector("pos_embed").view({-1, width});
  if (weights.has("register_tokens"))
    w.registers = weights.vector("register_tokens").view({-1, width});
  w.last_norm_gain = weights.vector("norm.weight");
  w.last_norm_shift = weights.vector("norm.bias");
}

ImageWeights image_weights(const ModelConfig& config, const WeightSource& weights) {
  const bool clip = config.kind == ModelKind::clip;
  const TransformerConfig& blocks = config.vision.transformer;
  ImageWeights w;
  w.transformer = clip ? load_clip_blocks(weights, "visual.transformer.resblocks.", blocks)
                       : load_vit_blocks(weights, "blocks.", blocks);
  w.transformer.causal = config.vision.causal;
  if (clip)
    add_clip_ends(w, weights);
  else
    add_vit_ends(w, weights, blocks.width);
  w.scale = torch::tensor(scales_of(config.preprocess)).to(weights.device());
  w.offset = torch::tensor(offsets_of(config.preprocess)).to(weights.device());
  return w;
}

// The tensors that packed factors take the place of are let go.
void pack(ImageWeights& w, const ProductChoice& products) {
  freeze(w.transformer, products);
  w.patch_factor = freeze(w.patch_weight, products);
  w.patch_weight = torch::Tensor();
  if (!w.projection.defined()) return;
  w.projection_factor = freeze(w.projection, products);
  w.projection = torch::Tensor();
}

}  // namespace

ImageTower::ImageTower(const Parameters& parameters, const ComputeContext& context)
    : config_(parameters.config()) {
  const torch::NoGradGuard no_grad;
  ImageWeights weights = image_weights(config_, WeightSource(parameters, context.options()));
  if (context.on_cpu()) pack(weights, context.products());
  frozen_ = std::make_shared<const ImageWeights>(std::move(weights));
}

ImageTower::ImageTower(std::shared_ptr<const Parameters> parameters)
    : config_(parameters->config()), live_(std::move(parameters)) {}

std::shared_ptr<const ImageWeights> ImageTower::weights() const {
  if (!live_) return frozen_;
  return std::make_shared<const ImageWeights>(image_weights(config_, WeightSource(*live_)));
}

torch::Device ImageTower::device() const {
  return live_ ? live_->device() : frozen_->class_token.device();
}

torch::Tensor ImageTower::patches(std::span<const Picture* const> pictures) const {
  if (device().is_cuda())
    return patches_of_bytes(bytes_of(pictures).to(device(), torch::kUInt8, true));
  const VisionConfig& v = config_.vision;
  const PatchGrid grid{pictures.front()->height / v.patch_size,
                       pictures.front()->width / v.patch_size};
  const std::vector<float> scale = scales_of(config_.preprocess);
  const std::vector<float> offset = offsets_of(config_.preprocess);
  const auto count = static_cast<std::int64_t>(pictures.size());
  const torch::Tensor rows =
      torch::empty({count, grid.height * grid.width, v.bands * v.patch_size * v.patch_size});
  on_all_threads([&](std::int64_t index, std::int64_t threads) {
    for (std::int64_t i = index; i < count; i += threads)
      kernels::cut_patches({pictures[static_cast<std::size_t>(i)]->pixels.data(), grid.height,
                            grid.width, v.patch_size, scale.data(), offset.data(), v.bands},
                           rows.data_ptr<float>() + i * rows.stride(0));
  });
  return rows;
}

torch::Tensor ImageTower::bytes_of(std::span<const Picture* const> pictures) const {
  const Picture& shape = *pictures.front();
  const auto count = static_cast<std::int64_t>(pictures.size());
  torch::Tensor bytes =
      torch::empty({count, shape.height, shape.width, shape.channels},
                   torch::TensorOptions().dtype(torch::kUInt8).pinned_memory(device().is_cuda()));
  for (std::int64_t i = 0; i < count; ++i)
    std::memcpy(bytes.data_ptr<std::uint8_t>() + i * bytes.stride(0),
                pictures[static_cast<std::size_t>(i)]->pixels.data(),
                static_cast<std::size_t>(bytes.stride(0)));
  return bytes;
}

torch::Tensor ImageTower::patches_of_bytes(const torch::Tensor& bytes) const {
  const auto kept = weights();
  const ImageWeights& w = *kept;
  const torch::Tensor values =
      bytes.to(torch::kFloat32) * w.scale.to(bytes.device()) + w.offset.to(bytes.device());
  return patches(values.permute({0, 3, 1, 2}));
}

torch::Tensor ImageTower::patches(const torch::Tensor& pixels) const {
  const std::int64_t patch = config_.vision.patch_size;
  const std::int64_t bands = pixels.size(1);
  const std::int64_t height = pixels.size(2) / patch;
  const std::int64_t width = pixels.size(3) / patch;
  return pixels.narrow(2, 0, height * patch)
      .narrow(3, 0, width * patch)
      .reshape({-1, bands, height, patch, width, patch})
      .permute({0, 2, 4, 1, 3, 5})
      .reshape({pixels.size(0), height * width, bands * patch * patch})
      .to(device());
}

torch::Tensor ImageTower::tokens_of(const ImageWeights& w, const torch::Tensor& patches,
                                    PatchGrid grid) const {
  torch::Tensor tokens =
      w.patch_factor.defined()
          ? multiply(patches.flatten(0, 1), w.patch_factor)
                .view({patches.size(0), patches.size(1), -1})
          : torch::linear(patches.to(w.patch_weight.scalar_type()), w.patch_weight);
  tokens = tokens.to(w.positions.scalar_type());
  if (w.patch_bias.defined()) tokens = tokens + w.patch_bias;
  const std::int64_t count = patches.size(0);
  const std::int64_t width = tokens.size(2);
  tokens = torch::cat({w.class_token.view({1, 1, width}).expand({count, 1, width}), tokens}, 1);
  tokens +=
      positions_for_grid(w.positions, grid.height, grid.width, config_.vision.position_resize);
  if (w.registers.defined())
    tokens = torch::cat({tokens.narrow(1, 0, 1), w.registers.unsqueeze(0).expand({count, -1, -1}),
                         tokens.narrow(1, 1, tokens.size(1) - 1)},
                        1);
  return w.first_norm_gain.defined() ? first_norm(w, tokens) : tokens;
}

torch::Tensor ImageTower::first_norm(const ImageWeights& w, const torch::Tensor& tokens) const {
  return torch::layer_norm(tokens, {tokens.size(-1)}, w.first_norm_gain, w.first_norm_shift,
                           config_.vision.transformer.layer_norm_epsilon);
}

torch::Tensor ImageTower::last_norm(const ImageWeights& w, const torch::Tensor& tokens) const {
  return torch::layer_norm(tokens, {tokens.size(-1)}, w.last_norm_gain, w.last_norm_shift,
                           config_.vision.transformer.layer_norm_epsilon);
}

std::int64_t ImageTower::pictures_at_once(PatchGrid grid) const {
  const std::int64_t tokens = grid.height * grid.width + special_tokens();
  return std::max<std::int64_t>(1, (device().is_cpu() ? kTokensOnCpu : kTokensOnCuda) / tokens);
}

torch::Tensor ImageTower::embed(const torch::Tensor& patches, PatchGrid grid) const {
  const auto kept = weights();
  const ImageWeights& w = *kept;
  const bool mean = config_.vision.pooling == Pooling::mean;
  TransformerRequest request;
  if (!mean)
    request.pooled = torch::zeros({patches.size(0)}, patches.options().dtype(torch::kInt64));
  torch::Tensor pooled =
      last_norm(w, run(w.transformer, tokens_of(w, patches, grid), request).tokens);
  if (mean) pooled = pooled.narrow(1, special_tokens(), pooled.size(1) - special_tokens()).mean(1);
  if (w.projection_factor.defined()) return multiply(pooled, w.projection_factor);
  if (w.projection.defined())
    pooled = torch::matmul(pooled.to(w.projection.scalar_type()), w.projection.t());
  return pooled.to(torch::kFloat32);
}

ImageTower::Features ImageTower::features(const torch::Tensor& patches, PatchGrid grid,
                                          bool own_values) const {
  const auto kept = weights();
  const ImageWeights& w = *kept;
  const TransformerResult result =
      run(w.transformer, tokens_of(w, patches, grid), {std::nullopt, true, {}, own_values});
  return {last_norm(w, result.tokens), result.keys};
}

}  // namespace skyglot
