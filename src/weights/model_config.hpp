// SPDX-License-Identifier: Apache-2.0
// What a model is: architecture, activation, how pictures must be prepared, where it came from.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

enum class ModelKind {
  clip,  ///< an image tower and a text tower with one embedding space
  vit    ///< an image tower alone: DINO, timm
};

/// QuickGELU is x * sigmoid(1.702 x), GELU the exact one by erf. A state dict does not say which
/// its weights were trained with.
enum class Activation { gelu, quick_gelu };

/// What stands for a picture: the class token, or the mean of its patches.
enum class Pooling { cls, mean };

/// Which token stands for a text: that of the largest id (CLIP's end token), the first, or the mean
/// of all up to the end token.
enum class TextPooling { end, first, mean };

/// What cuts a text into tokens: CLIP's byte pairs, or BERT's word pieces with a vocabulary of the
/// model's own.
enum class TokenScheme { byte_pairs, word_pieces };

/// Where a block normalises: before attention and MLP (ViT, CLIP), or after each sum (BERT).
enum class NormOrder { pre, post };

/// How learned positions are brought to another grid: bicubic with antialiasing (open_clip, timm),
/// without and at a scale of (side + 0.1) / grid as DINO does it, or plainly without
/// (transformers).
enum class PositionResize { antialiased, dino, plain };

/// Far beyond any model, small enough that no product of a few of them overflows.
inline constexpr std::int64_t kMostWidth = 1 << 16;
inline constexpr std::int64_t kMostLayers = 1024;

struct TransformerConfig {
  std::int64_t width = 0;
  std::int64_t layers = 0;
  std::int64_t heads = 0;
  std::int64_t mlp_width = 0;  ///< hidden width of the MLP
  Activation activation = Activation::gelu;
  double layer_norm_epsilon = 1e-5;  ///< of every LayerNorm of the tower
  NormOrder norm_order = NormOrder::pre;
};

struct VisionConfig {
  TransformerConfig transformer;
  std::int64_t patch_size = 0;
  std::int64_t image_size = 0;  ///< side in pixels that positions are stored for
  std::int64_t bands = 3;       ///< of its pictures
  bool layer_scale = false;     ///< DINOv2: blocks.i.ls1.gamma
  std::int64_t register_tokens = 0;
  Pooling pooling = Pooling::cls;
  PositionResize position_resize = PositionResize::antialiased;
  bool causal = false;  ///< token i sees tokens 0..i
  /// Of a clip's tower: whether it normalises before the blocks as CLIP's do, and whether patches
  /// have a bias, as in towers that began as a plain ViT.
  bool first_norm = true;
  bool patch_bias = false;
};

struct TextConfig {
  TransformerConfig transformer;
  std::int64_t context_length = 77;
  std::int64_t vocabulary = 49408;
  TextPooling pooling = TextPooling::end;
  bool causal = true;  ///< token i sees tokens 0..i
  /// Where not causal: whether a text sees what fills up its context after the end token too, as
  /// open_clip's towers without a causal mask do. Others see up to the end token.
  bool sees_padding = false;
  bool first_norm = false;  ///< BERT: the sum of token and position is normalised
  bool last_norm = true;    ///< after the blocks; BERT's last block has done it
  TokenScheme tokens = TokenScheme::byte_pairs;
  std::string vocabulary_sha256{};  ///< of vocabulary.txt beside the config; empty for byte pairs
};

/// How a picture becomes input: see clip.md section 4 of the model's makers.
enum class ResizeMode {
  shortest,  ///< shorter side to image_size, centre crop
  squash,    ///< both sides to image_size, aspect ratio lost
  tile  ///< shorter side to image_size, evenly spaced crops along the longer; embeddings averaged
};

/// Kernel of the antialiased resize, as Pillow has it.
enum class Interpolation { bicubic, bilinear };

/// Where the centre crop begins when an odd number of pixels is left over: at half of it rounded
/// to even (torchvision), or rounded down (transformers).
enum class CropCentre { rounded, floored };

struct PreprocessConfig {
  /// Of each band, of pixels in 0..1.
  std::vector<float> mean{0.48145466F, 0.4578275F, 0.40821073F};
  std::vector<float> std{0.26862954F, 0.26130258F, 0.27577711F};
  ResizeMode resize = ResizeMode::shortest;
  std::int64_t side = 0;         ///< of the square the tower sees; 0: vision.image_size
  std::int64_t resize_side = 0;  ///< that `resize` makes, before the centre is cropped; 0: `side`
  Interpolation interpolation = Interpolation::bicubic;
  CropCentre crop_centre = CropCentre::rounded;
};

struct ModelConfig {
  ModelKind kind = ModelKind::clip;
  std::string architecture;  ///< "ViT-B-32", "dino_vits8", or "custom"
  VisionConfig vision;
  std::optional<TextConfig> text;    ///< clip only
  std::int64_t embedding_width = 0;  ///< width of the shared space; for vit the tower's width
  PreprocessConfig preprocess;
  std::string source;          ///< file or catalogue name it was imported from
  std::string source_sha256;   ///< of that file
  std::string weights_sha256;  ///< of model.safetensors beside the config
  std::string licence;         ///< SPDX id or words; empty: unknown

  /// Of both towers.
  void set_activation(Activation activation);
  void set_layer_norm_epsilon(double epsilon);
  /// Side of the pictures the tower is given, and that they are resized to before their centre is
  /// cropped.
  [[nodiscard]] std::int64_t picture_side() const;
  [[nodiscard]] std::int64_t resize_side() const;
};

[[nodiscard]] std::string to_string(Activation activation);
[[nodiscard]] std::string to_string(ModelKind kind);
[[nodiscard]] std::string to_string(ResizeMode mode);
[[nodiscard]] std::string to_string(Pooling pooling);
[[nodiscard]] std::string to_string(TextPooling pooling);
[[nodiscard]] std::string to_string(NormOrder order);
[[nodiscard]] std::string to_string(TokenScheme tokens);
[[nodiscard]] std::string to_string(Interpolation interpolation);
[[nodiscard]] std::string to_string(CropCentre centre);
[[nodiscard]] std::string to_string(PositionResize method);
/// Throws Error(usage) that lists the words there are.
[[nodiscard]] Activation parse_activation(const std::string& word);
[[nodiscard]] ResizeMode parse_resize_mode(const std::string& word);
[[nodiscard]] Pooling parse_pooling(const std::string& word);
[[nodiscard]] Interpolation parse_interpolation(const std::string& word);

/// JSON with a schema version (2; 1 is read too); reading throws Error(format) naming `where` and
/// the key.
[[nodiscard]] nlohmann::ordered_json to_json(const ModelConfig& config);
[[nodiscard]] ModelConfig model_config_from_json(const nlohmann::json& json,
                                                 const std::string& where);

}  // namespace skyglot
