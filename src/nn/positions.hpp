// SPDX-License-Identifier: Apache-2.0
// Learned positions for another grid than the one they were trained on.
#pragma once

#include "weights/model_config.hpp"

#include <torch/torch.h>

#include <cstdint>

namespace skyglot {

/// `positions` is (1 + G * G) x D, the first row the class token's. The result has 1 + height *
/// width rows. PositionResize::antialiased is open_clip's and timm's bicubic; PositionResize::dino
/// is DINO's, which samples without antialiasing at a scale of (side + 0.1) / G
/// (facebookresearch/dino); PositionResize::plain is transformers', without antialiasing.
[[nodiscard]] torch::Tensor positions_for_grid(const torch::Tensor& positions, std::int64_t height,
                                               std::int64_t width, PositionResize method);

}  // namespace skyglot
