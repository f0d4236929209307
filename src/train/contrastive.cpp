// SPDX-License-Identifier: Apache-2.0
#include "train/contrastive.hpp"

#include "base/words.hpp"

#include <array>
#include <limits>
#include <map>
#include <string_view>

namespace skyglot {
namespace {

constexpr std::array<std::string_view, 3> kRepeats{"negatives", "positives", "ignored"};

// Rows sum to 1.
torch::Tensor targets_of(const torch::Tensor& groups, Repeats repeats) {
  if (repeats != Repeats::positives)
    return torch::eye(groups.size(0), torch::TensorOptions().device(groups.device()));
  const torch::Tensor same = groups.unsqueeze(0).eq(groups.unsqueeze(1)).to(torch::kFloat32);
  return same / same.sum(1, true);
}

// True where a caption equals another's of the batch.
torch::Tensor repeated(const torch::Tensor& groups) {
  const torch::Tensor own = torch::eye(
      groups.size(0), torch::TensorOptions().dtype(torch::kBool).device(groups.device()));
  return groups.unsqueeze(0).eq(groups.unsqueeze(1)).logical_and(own.logical_not());
}

torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets) {
  const torch::Tensor log_p = torch::log_softmax(logits, 1);
  // What is left out has no target, but 0 * -inf would be NaN.
  return -torch::where(targets > 0, targets * log_p, torch::zeros_like(log_p)).sum(1).mean();
}

}  // namespace

std::string to_string(Repeats repeats) {
  return word_of(repeats, kRepeats);
}

Repeats parse_repeats(const std::string& word) {
  return value_of<Repeats>(word, kRepeats, "way with repeated captions");
}

torch::Tensor caption_groups(const std::vector<std::string>& captions) {
  std::map<std::string_view, std::int64_t> first;
  std::vector<std::int64_t> groups;
  for (std::size_t i = 0; i < captions.size(); ++i)
    groups.push_back(first.emplace(captions[i], static_cast<std::int64_t>(i)).first->second);
  return torch::tensor(groups, torch::kInt64);
}

torch::Tensor contrastive_loss(const torch::Tensor& images, const torch::Tensor& texts,
                               const torch::Tensor& log_scale, const torch::Tensor& groups,
                               Repeats repeats) {
  torch::Tensor logits = log_scale.exp() * torch::mm(images, texts.t());
  if (repeats == Repeats::ignored)
    logits = logits.masked_fill(repeated(groups), -std::numeric_limits<double>::infinity());
  const torch::Tensor targets = targets_of(groups, repeats);
  return (cross_entropy(logits, targets) + cross_entropy(logits.t(), targets)) / 2;
}

}  // namespace skyglot
