// SPDX-License-Identifier: Apache-2.0
#include "weights/random_model.hpp"

#include "base/random.hpp"

namespace skyglot {

std::vector<float> drawn(const ModelTensor& tensor, std::uint64_t seed) {
  std::vector<float> values(byte_count(ElementType::u8, tensor.shape, tensor.name),
                            static_cast<float>(tensor.value));
  RandomStream random(seed, tensor.name);
  if (tensor.start == Start::normal)
    for (float& value : values) value = static_cast<float>(tensor.value * random.normal());
  if (tensor.start == Start::uniform)
    for (float& value : values)
      value = static_cast<float>(random.uniform(-tensor.value, tensor.value));
  return values;
}

StoredModel random_model(const ModelConfig& config, std::uint64_t seed) {
  StoredModel model{config, {}};
  for (const ModelTensor& tensor : model_tensors(config))
    model.weights[tensor.name] = make_tensor(drawn(tensor, seed), tensor.shape);
  return model;
}

}  // namespace skyglot
