// SPDX-License-Identifier: Apache-2.0
// Loss and gradients of one batch, however few pictures the memory holds at once.
#pragma once

#include "nn/compute.hpp"
#include "nn/image_tower.hpp"
#include "nn/text_tower.hpp"
#include "tokens/tokenizer.hpp"

#include "train/contrastive.hpp"
#include "train/process_group.hpp"
#include "train/training_data.hpp"

#include <cstdint>
#include <memory>

namespace skyglot {

struct StepOptions {
  std::int64_t micro_batch = 0;  ///< pictures with gradients at once; 0: the batch
  Repeats repeats = Repeats::negatives;
  bool lock_image = false;
  bool lock_text = false;
  Precision precision = Precision::fp32;  ///< of the towers' products; the loss is fp32
};

/// Computes the contrastive loss of a batch over all processes and leaves its gradients in the
/// parameters. With micro-batches the vectors of the whole batch are computed first without
/// gradients, the loss's gradients on them, then each micro-batch again with gradients (Gao et al.
/// 2021): the negatives are those of the whole batch, and the result that of one pass up to
/// rounding.
class ContrastiveStep {
 public:
  /// Parameters of a CLIP. `group` may be null: one process.
  ContrastiveStep(std::shared_ptr<const Parameters> parameters, const StepOptions& options,
                  ProcessGroup* group = nullptr);

  /// The mean loss of the global batch; the same on every process.
  [[nodiscard]] double run(const TrainingBatch& batch);
  /// Captions of this process so far that lost their tail to the context length.
  [[nodiscard]] std::int64_t cut_captions() const { return cut_; }

 private:
  [[nodiscard]] torch::Tensor image_vectors(const TrainingBatch& batch, std::int64_t first,
                                            std::int64_t count) const;
  [[nodiscard]] torch::Tensor text_vectors(const torch::Tensor& tokens, std::int64_t first,
                                           std::int64_t count) const;
  [[nodiscard]] torch::Tensor tokens_of(const TrainingBatch& batch);
  struct Vectors {
    torch::Tensor images, texts;
  };
  [[nodiscard]] Vectors all_vectors(const TrainingBatch& batch, const torch::Tensor& tokens) const;
  void carry_back(const TrainingBatch& batch, const torch::Tensor& tokens,
                  const Vectors& gradients) const;

  std::shared_ptr<const Parameters> parameters_;
  ImageTower image_;
  TextTower text_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  StepOptions options_;
  ProcessGroup* group_;
  std::int64_t cut_ = 0;
};

}  // namespace skyglot
