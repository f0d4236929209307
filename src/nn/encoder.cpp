// SPDX-License-Identifier: Apache-2.0
#include "nn/encoder.hpp"

#include "base/error.hpp"
#include "nn/passes.hpp"
#include "nn/text_tower.hpp"
#include "nn/threads.hpp"
#include "nn/vision_tower.hpp"

#include <cstring>
#include <optional>

namespace skyglot {
namespace {

// Texts that share a pass.
constexpr std::int64_t kTextsAtOnce = 64;

void copy_rows(const torch::Tensor& rows, Matrix& to, std::int64_t first) {
  const torch::Tensor values = rows.to(torch::kCPU, torch::kFloat32).contiguous();
  std::memcpy(to.values.data() + first * to.cols, values.data_ptr<float>(),
              static_cast<std::size_t>(values.numel()) * sizeof(float));
}

}  // namespace

struct Encoder::State {
  ModelConfig config;
  VisionTower vision;
  std::optional<TextTower> text;
  bool on_cpu = true;
};

Encoder::Encoder(StoredModel model, const ComputeOptions& options) {
  prepare_compute(options);
  const torch::NoGradGuard no_grad;
  state_ = std::make_unique<State>(State{model.config, VisionTower(model, options), std::nullopt,
                                         options.device == Device::cpu});
  if (model.config.text) state_->text.emplace(model, options);
}

Encoder::Encoder(const std::filesystem::path& folder, const ComputeOptions& options)
    : Encoder(load_model_folder(folder), options) {}

Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;

const ModelConfig& Encoder::config() const {
  return state_->config;
}

std::size_t Encoder::pictures_at_once() const {
  const std::int64_t side = state_->config.vision.image_size / state_->vision.patch_size();
  return static_cast<std::size_t>(state_->vision.pictures_at_once({side, side}));
}

std::size_t Encoder::passes_at_once() const {
  return state_->on_cpu ? static_cast<std::size_t>(compute_threads()) : 1;
}

Matrix Encoder::encode_pictures(std::span<const Picture> pictures) const {
  const torch::NoGradGuard no_grad;
  Matrix result(static_cast<std::int64_t>(pictures.size()), state_->config.embedding_width);
  if (pictures.empty()) return result;
  copy_rows(state_->vision.embed(pictures), result, 0);
  return result;
}

Matrix Encoder::encode_tokens(std::span<const std::int32_t> tokens) const {
  if (!state_->text)
    fail(ErrorKind::usage, "{} has no text tower: it embeds pictures only; use a CLIP model",
         state_->config.source);
  const torch::NoGradGuard no_grad;
  const std::int64_t context = state_->config.text->context_length;
  const auto count = static_cast<std::int64_t>(tokens.size()) / context;
  expect(count * context == static_cast<std::int64_t>(tokens.size()), "a torn row of tokens");
  Matrix result(count, state_->config.embedding_width);
  run_passes(count, kTextsAtOnce, state_->on_cpu, [&](std::int64_t first, std::int64_t rows) {
    const torch::NoGradGuard on_this_thread;
    const torch::Tensor ids = torch::from_blob(
        const_cast<std::int32_t*>(tokens.data()) + first * context, {rows, context}, torch::kInt32);
    copy_rows(state_->text->embed(ids.to(torch::kInt64)), result, first);
  });
  return result;
}

}  // namespace skyglot
