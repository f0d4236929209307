// SPDX-License-Identifier: Apache-2.0
// The image tower: CLIP's, DINO's and timm's ViT.
#pragma once

#include "nn/blocks.hpp"
#include "nn/frozen.hpp"
#include "pictures/picture.hpp"
#include "weights/model_folder.hpp"

#include <span>

namespace skyglot {

class VisionTower {
 public:
  VisionTower(const StoredModel& model, const ComputeOptions& options);

  /// 8-bit square RGB pictures of one side to N x 3 x S x S normalised floats in the tower's order
  /// of patches: N x (grid * grid) x (3 * patch * patch).
  [[nodiscard]] torch::Tensor patches(std::span<const Picture> pictures) const;
  /// The same from N x 3 x H x W normalised floats; sides are multiples of the patch.
  [[nodiscard]] torch::Tensor patches(const torch::Tensor& pixels) const;

  struct Grid {
    std::int64_t height = 0;
    std::int64_t width = 0;
  };

  /// N x E float32: CLIP's projected class token; for a ViT alone its pooled tokens after the last
  /// norm. All pictures share one pass.
  [[nodiscard]] torch::Tensor embed(const torch::Tensor& patches, Grid grid) const;
  /// The same of 8-bit square RGB pictures of one side, in passes of pictures_at_once() from the
  /// first on; on the host.
  [[nodiscard]] torch::Tensor embed(std::span<const Picture> pictures) const;
  /// Pictures that share a pass.
  [[nodiscard]] std::int64_t pictures_at_once(Grid grid) const;

  struct Features {
    torch::Tensor
        tokens;          ///< N x (1 + registers + grid) x D after the last norm, class token first
    torch::Tensor keys;  ///< of the last block, heads side by side
  };
  [[nodiscard]] Features features(const torch::Tensor& patches, Grid grid) const;

  [[nodiscard]] std::int64_t patch_size() const { return config_.vision.patch_size; }

 private:
  void freeze_products();
  [[nodiscard]] bool on_cpu() const;
  [[nodiscard]] torch::Tensor tokens_of(const torch::Tensor& patches, Grid grid) const;
  [[nodiscard]] torch::Tensor final_norm(const torch::Tensor& tokens) const;

  ModelConfig config_;
  Transformer transformer_;
  torch::Tensor patch_weight_;                        // D x 3PP
  torch::Tensor patch_bias_;                          // D, undefined for CLIP
  torch::Tensor class_token_;                         // D
  torch::Tensor registers_;                           // R x D, undefined without
  torch::Tensor positions_;                           // (1 + G * G) x D
  torch::Tensor first_norm_gain_, first_norm_shift_;  // CLIP's ln_pre
  torch::Tensor last_norm_gain_, last_norm_shift_;
  torch::Tensor projection_;                       // E x D, undefined for a ViT alone
  FrozenMatrix patch_factor_, projection_factor_;  // on a CPU
};

}  // namespace skyglot
