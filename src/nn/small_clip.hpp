// SPDX-License-Identifier: Apache-2.0
// The CLIP model of tests: every part is there, all of them small.
#pragma once

#include "weights/model_config.hpp"

namespace skyglot::testing_support {

inline ModelConfig small_clip() {
  ModelConfig config;
  config.architecture = "custom";
  config.vision.transformer = {64, 2, 2, 128};
  config.vision.patch_size = 8;
  config.vision.image_size = 32;
  config.text = TextConfig{{48, 2, 3, 96}, 77, 49408};
  config.embedding_width = 24;
  config.set_activation(Activation::quick_gelu);
  return config;
}

inline ModelConfig small_vit(Pooling pooling = Pooling::cls) {
  ModelConfig config = small_clip();
  config.kind = ModelKind::vit;
  config.text.reset();
  config.embedding_width = 64;
  config.vision.pooling = pooling;
  return config;
}

}  // namespace skyglot::testing_support
