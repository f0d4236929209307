// SPDX-License-Identifier: Apache-2.0
// Weights for tests: none is zero or one, and all of them count in what comes out.
#pragma once

#include "weights/random_model.hpp"

#include <cmath>

namespace skyglot::testing_support {

inline StoredModel lively_model(const ModelConfig& config, std::uint64_t seed) {
  StoredModel model = random_model(config, seed);
  for (const ModelTensor& tensor : model_tensors(config)) {
    ModelTensor start = tensor;
    start.start = Start::normal;
    start.value = 0.1;
    if (tensor.shape.size() > 1)
      start.value = 1 / std::sqrt(static_cast<double>(
                            tensor.shape[1] * (tensor.shape.size() > 2 ? tensor.shape[2] : 1)));
    std::vector<float> values = drawn(start, seed + 1);
    const bool is_gain = tensor.start == Start::constant && tensor.value != 0;
    if (is_gain)
      for (float& value : values) value += 0.7F;
    model.weights[tensor.name] = make_tensor(values, tensor.shape);
  }
  return model;
}

}  // namespace skyglot::testing_support
