// SPDX-License-Identifier: Apache-2.0
#include "nn/text_tower.hpp"

#include "base/error.hpp"

namespace skyglot {
namespace {

TextWeights text_weights(const TextConfig& config, const WeightSource& weights) {
  TextWeights w;
  w.transformer = load_clip_blocks(weights, "transformer.resblocks.", config.transformer);
  w.transformer.causal = config.causal;
  w.token_table = weights.vector("token_embedding.weight");
  w.positions = weights.vector("positional_embedding");
  if (config.first_norm) {
    w.first_norm_gain = weights.vector("ln_embedding.weight");
    w.first_norm_shift = weights.vector("ln_embedding.bias");
  }
  if (config.last_norm) {
    w.last_norm_gain = weights.vector("ln_final.weight");
    w.last_norm_shift = weights.vector("ln_final.bias");
  }
  w.projection = weights.matrix("text_projection").t();
  return w;
}

// The tensor that the packed factor takes the place of is let go.
void pack(TextWeights& w, const ProductChoice& products) {
  freeze(w.transformer, products);
  w.projection_factor = freeze(w.projection, products);
  w.projection = torch::Tensor();
}

// Rows 0 ... ends[i] of each text. One by one on a CPU: a sum over more rows, were they all zero,
// would be taken in another order.
torch::Tensor mean_to_end(const torch::Tensor& rows, const torch::Tensor& ends) {
  if (rows.is_cpu() && !rows.requires_grad()) {
    std::vector<torch::Tensor> means;
    for (std::int64_t i = 0; i < rows.size(0); ++i)
      means.push_back(rows[i].narrow(0, 0, ends[i].item<std::int64_t>() + 1).mean(0));
    return torch::stack(means);
  }
  const torch::Tensor last = ends.to(rows.device()).unsqueeze(1);
  const torch::Tensor seen =
      torch::arange(rows.size(1), last.options()).le(last).to(rows.scalar_type()).unsqueeze(2);
  return (rows * seen).sum(1) / (last + 1).to(rows.scalar_type());
}

torch::Tensor normed(const torch::Tensor& rows, const torch::Tensor& gain,
                     const torch::Tensor& shift, double epsilon) {
  return gain.defined() ? torch::layer_norm(rows, {rows.size(-1)}, gain, shift, epsilon) : rows;
}

}  // namespace

TextTower::TextTower(const Parameters& parameters, const ComputeContext& context)
    : config_(parameters.config()) {
  expect(config_.text.has_value(), "a text tower without configuration");
  const torch::NoGradGuard no_grad;
  TextWeights weights = text_weights(text(), WeightSource(parameters, context.options()));
  if (context.on_cpu()) pack(weights, context.products());
  frozen_ = std::make_shared<const TextWeights>(std::move(weights));
}

TextTower::TextTower(std::shared_ptr<const Parameters> parameters)
    : config_(parameters->config()), live_(std::move(parameters)) {
  expect(config_.text.has_value(), "a text tower without configuration");
}

std::shared_ptr<const TextWeights> TextTower::weights() const {
  if (!live_) return frozen_;
  return std::make_shared<const TextWeights>(text_weights(text(), WeightSource(*live_)));
}

torch::Device TextTower::device() const {
  return live_ ? live_->device() : frozen_->token_table.device();
}

torch::Tensor TextTower::embed(const torch::Tensor& tokens) const {
  if (tokens.size(0) == 0) return torch::empty({0, config_.embedding_width});
  const auto kept = weights();
  const TextWeights& w = *kept;
  const torch::Tensor ends = tokens.argmax(1);
  const bool sees_all = !text().causal && text().sees_padding;
  const std::int64_t length = sees_all ? tokens.size(1) : ends.max().item<std::int64_t>() + 1;
  const torch::Tensor seen = tokens.narrow(1, 0, length).to(device());
  const double epsilon = text().transformer.layer_norm_epsilon;
  const torch::Tensor rows =
      normed(torch::embedding(w.token_table, seen) + w.positions.narrow(0, 0, length).unsqueeze(0),
             w.first_norm_gain, w.first_norm_shift, epsilon);
  TransformerRequest request;
  if (!text().causal && !sees_all) request.lengths = (ends + 1).to(rows.device());
  if (text().pooling == TextPooling::end) request.pooled = ends.to(rows.device());
  if (text().pooling == TextPooling::first)
    request.pooled = torch::zeros_like(ends).to(rows.device());
  torch::Tensor pooled = normed(run(w.transformer, rows, request).tokens, w.last_norm_gain,
                                w.last_norm_shift, epsilon);
  if (text().pooling == TextPooling::mean) pooled = mean_to_end(pooled, ends);
  if (w.projection_factor.defined()) return multiply(pooled, w.projection_factor);
  return torch::matmul(pooled.to(w.projection.scalar_type()), w.projection.t()).to(torch::kFloat32);
}

}  // namespace skyglot
