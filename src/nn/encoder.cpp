// SPDX-License-Identifier: Apache-2.0
#include "nn/encoder.hpp"

#include "base/error.hpp"

#include <mutex>
#include <optional>
#include <utility>

namespace skyglot {

struct Encoders::State {
  StoredModel model;
  std::shared_ptr<const ComputeContext> context;
  std::mutex mutex{};
  std::optional<ImageEncoder> image{};
  std::optional<TextEncoder> text{};
};

Encoders::Encoders(const std::filesystem::path& folder, const ComputeOptions& options)
    : Encoders(load_model_folder(folder), compute_context(options)) {}

Encoders::Encoders(StoredModel model, std::shared_ptr<const ComputeContext> context)
    : state_(new State{std::move(model), std::move(context)}) {}

Encoders::~Encoders() = default;
Encoders::Encoders(Encoders&&) noexcept = default;
Encoders& Encoders::operator=(Encoders&&) noexcept = default;

const ModelConfig& Encoders::config() const {
  return state_->model.config;
}

const ImageEncoder& Encoders::image() const {
  const std::lock_guard lock(state_->mutex);
  if (!state_->image) state_->image.emplace(state_->model, state_->context);
  return *state_->image;
}

const TextEncoder& Encoders::text() const {
  const std::lock_guard lock(state_->mutex);
  if (!state_->text) state_->text.emplace(state_->model, state_->context);
  return *state_->text;
}

}  // namespace skyglot
