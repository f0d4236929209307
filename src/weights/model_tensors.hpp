// SPDX-License-Identifier: Apache-2.0
// Every tensor of a model in its order: the one list that is walked to check, initialise, import,
// load and save.
#pragma once

#include "weights/model_config.hpp"
#include "weights/tensor.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// The logarithm of what multiplies the cosines of a CLIP.
inline constexpr const char* kLogScale = "logit_scale";

/// How a tensor begins before any training.
enum class Start { constant, normal, uniform };

struct ModelTensor {
  std::string name;
  std::vector<std::int64_t> shape;  ///< empty: a scalar
  Start start = Start::constant;
  double value = 0;  ///< the constant, the deviation about 0, or the bound of (-value, value)
};

/// The tensors that `config` calls for, image tower first, each tower from its input to its output.
/// They begin as their makers publish it: image and text tower of clip as in open_clip (Radford et
/// al. 2021; the image tower has PyTorch's defaults), vit as in timm and DINO.
[[nodiscard]] std::vector<ModelTensor> model_tensors(const ModelConfig& config);

/// Names of what stands behind a tower, e.g. a linear probe: head.weight (classes x inputs) and
/// head.bias, or head.NAME.weight. A model folder may hold any of them.
constexpr std::string_view kHeadPrefix = "head.";
[[nodiscard]] bool is_head(const std::string& name);

/// A tensor of two sides or more may be stored as int8 with one scale a row of its first side,
/// float32 or float16, under its name and this.
constexpr std::string_view kScaleSuffix = ".scale";

/// Whether `name` holds the scales of a tensor that is there.
[[nodiscard]] bool is_scale(const std::string& name, const TensorMap& weights);

/// Puts `name` as int8 rows with their scales into the place of floats: row i is scale[i] *
/// int8[i], each value off by half of the scale at most (float16 rounds that too). Throws
/// Error(usage) for a tensor with fewer than two sides.
void store_int8_rows(TensorMap& weights, const std::string& name,
                     ElementType scale_type = ElementType::f32);

/// Makes the weights of a model small: int8 rows with float16 scales for what has two sides or
/// more, float16 for vectors; scalars stay as they are.
void store_compact(TensorMap& weights);

/// The values of a tensor as floats; int8 rows times their scales.
[[nodiscard]] std::vector<float> stored_floats(const TensorMap& weights, const std::string& name);

/// Throws Error(format) naming `where` and the tensor for one that is missing, misshapen, of a type
/// that holds no weights, or part of neither the model nor a head.
void check_tensors(const ModelConfig& config, const TensorMap& weights, const std::string& where);

}  // namespace skyglot
