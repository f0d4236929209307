// SPDX-License-Identifier: Apache-2.0
#include "train/contrastive_step.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "nn/encoder.hpp"
#include "weights/model_tensors.hpp"

#include "train/mixed_precision.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace skyglot {
namespace {

torch::Tensor unit(const torch::Tensor& rows) {
  return torch::nn::functional::normalize(rows,
                                          torch::nn::functional::NormalizeFuncOptions().dim(1));
}

// The rows of this process.
torch::Tensor own(const torch::Tensor& rows, const ProcessGroup* group) {
  if (group == nullptr) return rows;
  const std::int64_t share = rows.size(0) / group->world();
  return rows.narrow(0, share * group->rank(), share);
}

// Equal meanings on all processes: told by their hashes.
torch::Tensor groups_of(const std::vector<std::string>& meanings, ProcessGroup* group) {
  if (group == nullptr) return caption_groups(meanings);
  std::vector<std::int64_t> hashes;
  for (const std::string& meaning : meanings)
    hashes.push_back(static_cast<std::int64_t>(stable_hash(meaning)));
  return group->gather_rows(torch::tensor(hashes, torch::kInt64));
}

torch::Tensor leaf(const torch::Tensor& rows) {
  return rows.detach().clone().requires_grad_(true);
}

}  // namespace

ContrastiveStep::ContrastiveStep(std::shared_ptr<const Parameters> parameters,
                                 const StepOptions& options, ProcessGroup* group)
    : parameters_(std::move(parameters)),
      image_(parameters_),
      text_(parameters_),
      tokenizer_(tokenizer_of(parameters_->config(), parameters_->vocabulary())),
      options_(options),
      group_(group) {}

torch::Tensor ContrastiveStep::image_vectors(const TrainingBatch& batch, std::int64_t first,
                                             std::int64_t count) const {
  std::vector<const Picture*> pictures;
  for (std::int64_t i = first; i < first + count; ++i)
    pictures.push_back(&batch.pictures[static_cast<std::size_t>(i)]);
  const std::int64_t patch = image_.config().vision.patch_size;
  const PatchGrid grid{pictures.front()->height / patch, pictures.front()->width / patch};
  const torch::Tensor patches = image_.patches(pictures);
  const MixedPrecision precision(options_.precision, patches.device());
  return unit(image_.embed(patches, grid));
}

torch::Tensor ContrastiveStep::text_vectors(const torch::Tensor& tokens, std::int64_t first,
                                            std::int64_t count) const {
  const MixedPrecision precision(options_.precision, parameters_->device());
  return unit(text_.embed(tokens.narrow(0, first, count)));
}

torch::Tensor ContrastiveStep::tokens_of(const TrainingBatch& batch) {
  const auto length = static_cast<std::size_t>(text_.config().text->context_length);
  const torch::Tensor tokens =
      torch::empty({std::ssize(batch.captions), static_cast<std::int64_t>(length)}, torch::kInt64);
  std::int64_t* to = tokens.data_ptr<std::int64_t>();
  for (const std::string& caption : batch.captions) {
    const std::vector<TokenId> context = tokenizer_->context(caption, length);
    if (context.back() == tokenizer_->end() && tokenizer_->count(caption) > length) ++cut_;
    to = std::ranges::copy(context, to).out;
  }
  return tokens;
}

ContrastiveStep::Vectors ContrastiveStep::all_vectors(const TrainingBatch& batch,
                                                      const torch::Tensor& tokens) const {
  const auto count = std::ssize(batch.pictures);
  const std::int64_t step = options_.micro_batch > 0 ? options_.micro_batch : count;
  std::vector<torch::Tensor> images;
  std::vector<torch::Tensor> texts;
  for (std::int64_t first = 0; first < count; first += step) {
    const std::int64_t few = std::min(step, count - first);
    images.push_back(image_vectors(batch, first, few));
    texts.push_back(text_vectors(tokens, first, few));
  }
  return {torch::cat(images), torch::cat(texts)};
}

// The second pass: each micro-batch again, now with gradients.
void ContrastiveStep::carry_back(const TrainingBatch& batch, const torch::Tensor& tokens,
                                 const Vectors& gradients) const {
  const auto count = std::ssize(batch.pictures);
  const std::int64_t step = options_.micro_batch > 0 ? options_.micro_batch : count;
  for (std::int64_t first = 0; first < count; first += step) {
    const std::int64_t few = std::min(step, count - first);
    if (!options_.lock_image)
      image_vectors(batch, first, few).backward(gradients.images.narrow(0, first, few));
    if (!options_.lock_text)
      text_vectors(tokens, first, few).backward(gradients.texts.narrow(0, first, few));
  }
}

double ContrastiveStep::run(const TrainingBatch& batch) {
  const torch::Tensor tokens = tokens_of(batch);
  const torch::Tensor groups = groups_of(batch.meanings, group_).to(parameters_->device());
  const auto count = std::ssize(batch.pictures);
  const bool whole =
      group_ == nullptr && (options_.micro_batch <= 0 || options_.micro_batch >= count);
  const torch::Tensor& log_scale = parameters_->at(kLogScale);
  if (whole) {
    const Vectors v = all_vectors(batch, tokens);
    const torch::Tensor loss =
        contrastive_loss(v.images, v.texts, log_scale, groups, options_.repeats);
    loss.backward();
    return loss.item<double>();
  }
  Vectors v;
  {
    const torch::NoGradGuard no_grad;
    v = all_vectors(batch, tokens);
  }
  const torch::Tensor images = leaf(group_ == nullptr ? v.images : group_->gather_rows(v.images));
  const torch::Tensor texts = leaf(group_ == nullptr ? v.texts : group_->gather_rows(v.texts));
  const torch::Tensor loss = contrastive_loss(images, texts, log_scale, groups, options_.repeats);
  loss.backward();
  carry_back(batch, tokens, {own(images.grad(), group_), own(texts.grad(), group_)});
  if (group_ != nullptr) {
    // Every process has the whole gradient of the scale already.
    if (log_scale.grad().defined()) log_scale.grad().div_(group_->world());
    group_->sum_gradients(*parameters_);
  }
  return loss.item<double>();
}

}  // namespace skyglot
