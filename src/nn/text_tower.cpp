// SPDX-License-Identifier: Apache-2.0
#include "nn/text_tower.hpp"

#include "base/error.hpp"

namespace skyglot {

TextTower::TextTower(const StoredModel& model, const ComputeOptions& options)
    : norm_epsilon_(model.config.text->transformer.layer_norm_epsilon) {
  const WeightSource weights(model.weights, options);
  expect(model.config.text.has_value(), "a text tower without configuration");
  transformer_ =
      load_clip_blocks(weights, "transformer.resblocks.", model.config.text->transformer);
  transformer_.activation = model.config.text->transformer.activation;
  transformer_.norm_epsilon = norm_epsilon_;
  transformer_.causal = true;
  token_table_ = weights.vector("token_embedding.weight");
  positions_ = weights.vector("positional_embedding");
  norm_gain_ = weights.vector("ln_final.weight");
  norm_shift_ = weights.vector("ln_final.bias");
  projection_ = weights.matrix("text_projection").t();
  if (options.device == Device::cuda) return;
  freeze(transformer_);
  projection_factor_ = freeze(projection_);
}

torch::Tensor TextTower::embed(const torch::Tensor& tokens) const {
  if (tokens.size(0) == 0) return torch::empty({0, projection_.size(0)});
  const torch::Tensor ends = tokens.argmax(1);
  const std::int64_t length = ends.max().item<std::int64_t>() + 1;
  const torch::Tensor seen = tokens.narrow(1, 0, length).to(token_table_.device());
  const torch::Tensor rows =
      torch::embedding(token_table_, seen) + positions_.narrow(0, 0, length).unsqueeze(0);
  TransformerRequest request;
  request.pooled = ends.to(rows.device());
  const torch::Tensor pooled =
      torch::layer_norm(run(transformer_, rows, request).tokens, {rows.size(2)}, norm_gain_,
                        norm_shift_, norm_epsilon_);
  if (projection_factor_.defined()) return multiply(pooled, projection_factor_);
  return torch::matmul(pooled.to(projection_.scalar_type()), projection_.t()).to(torch::kFloat32);
}

}  // namespace skyglot
