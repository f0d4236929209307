// SPDX-License-Identifier: Apache-2.0
// The image tower: CLIP's, DINO's and timm's ViT.
#pragma once

#include "nn/blocks.hpp"
#include "nn/frozen.hpp"
#include "nn/parameters.hpp"
#include "pictures/picture.hpp"

#include <compare>
#include <cstdint>
#include <memory>
#include <span>

namespace skyglot {

/// Patches of a picture, in rows.
struct PatchGrid {
  std::int64_t height = 0;
  std::int64_t width = 0;
  friend auto operator<=>(const PatchGrid&, const PatchGrid&) = default;
};

/// Its weights by what they do.
struct ImageWeights {
  Transformer transformer;
  torch::Tensor patch_weight;                       ///< D x BPP
  torch::Tensor patch_bias;                         ///< D, undefined for CLIP
  torch::Tensor class_token;                        ///< D
  torch::Tensor registers;                          ///< R x D, undefined without
  torch::Tensor positions;                          ///< (1 + G * G) x D
  torch::Tensor first_norm_gain, first_norm_shift;  ///< CLIP's ln_pre
  torch::Tensor last_norm_gain, last_norm_shift;
  torch::Tensor projection;                      ///< E x D, undefined for a ViT alone
  torch::Tensor scale, offset;                   ///< B: a pixel is taken as value * scale + offset
  FrozenMatrix patch_factor, projection_factor;  ///< frozen on a CPU
};

/// All calls are const and may be made from several threads at once.
class ImageTower {
 public:
  /// Frozen, with weights of its own: on a CPU packed for its products.
  ImageTower(const Parameters& parameters, const ComputeContext& context);
  /// Through libtorch's operators on the parameters as they are at each call, where they are then:
  /// with gradients.
  explicit ImageTower(std::shared_ptr<const Parameters> parameters);

  /// Pictures of one shape in the tower's order of patches, N x patches x BPP normalised floats
  /// (band, row, column), on the tower's device. To a GPU their bytes go over from pinned memory,
  /// without waiting.
  [[nodiscard]] torch::Tensor patches(std::span<const Picture* const> pictures) const;
  /// The bytes of pictures of one shape, N x H x W x B, on the host; pinned where the tower is on a
  /// GPU.
  [[nodiscard]] torch::Tensor bytes_of(std::span<const Picture* const> pictures) const;
  /// patches() of bytes that lie on any device: they are normalised there.
  [[nodiscard]] torch::Tensor patches_of_bytes(const torch::Tensor& bytes) const;
  /// The same from N x B x H x W normalised floats; sides are multiples of the patch.
  [[nodiscard]] torch::Tensor patches(const torch::Tensor& pixels) const;

  /// N x E float32: CLIP's projected picture, or a ViT's, after the last norm. All share one pass.
  [[nodiscard]] torch::Tensor embed(const torch::Tensor& patches, PatchGrid grid) const;
  struct Features {
    torch::Tensor tokens;  ///< N x (special + grid) x D after the last norm, class token first
    torch::Tensor keys;    ///< of the last block, heads side by side
  };
  /// With `own_values` the last block's attention gives each token its own value alone.
  [[nodiscard]] Features features(const torch::Tensor& patches, PatchGrid grid,
                                  bool own_values = false) const;

  /// Pictures that share a pass.
  [[nodiscard]] std::int64_t pictures_at_once(PatchGrid grid) const;
  /// Tokens before those of the patches: class and registers.
  [[nodiscard]] std::int64_t special_tokens() const { return 1 + config_.vision.register_tokens; }
  [[nodiscard]] const ModelConfig& config() const { return config_; }
  [[nodiscard]] torch::Device device() const;

 private:
  [[nodiscard]] std::shared_ptr<const ImageWeights> weights() const;
  [[nodiscard]] torch::Tensor tokens_of(const ImageWeights& weights, const torch::Tensor& patches,
                                        PatchGrid grid) const;
  [[nodiscard]] torch::Tensor first_norm(const ImageWeights& weights,
                                         const torch::Tensor& tokens) const;
  [[nodiscard]] torch::Tensor last_norm(const ImageWeights& weights,
                                        const torch::Tensor& tokens) const;

  ModelConfig config_;
  std::shared_ptr<const Parameters> live_;  // null when frozen
  std::shared_ptr<const ImageWeights> frozen_;
};

}  // namespace skyglot
